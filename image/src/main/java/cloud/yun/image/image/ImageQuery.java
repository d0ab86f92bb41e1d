package cloud.yun.image.image;

import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Select.Sort;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Invalid;
import java.util.List;
import java.util.Optional;

/// One page of a list of images.
///
/// @param marker id of the last image of the page before
/// @param limit at most so many
record ImageQuery(ImageFilters filters, List<Sort> sorts, Optional<String> marker, int limit) {
    /// @throws Invalid the marker is no image that the caller sees
    List<Image> run(Tx tx, Caller caller, ImageAccess access) {
        var select = Select.of(ImageStore.COLUMNS, ImageStore.FROM).key("i.id");
        filters.apply(select, caller);
        select.order(sorts).limit(limit);
        if (marker.isPresent()) {
            var id = marker.get();
            if (new ImageStore(tx)
                    .find(id)
                    .filter(i -> access.sees(tx, caller, i))
                    .isEmpty()) throw new Invalid("No image found with ID " + id);
            select = select.after(tx, "i.id", id).orElseThrow(() -> new Invalid("No image found with ID " + id));
        }
        return new ImageStore(tx).list(select);
    }
}
