package cloud.yun.objectstore.transfer;

import cloud.yun.kernel.http.Reply;
import cloud.yun.objectstore.base.Call;
import cloud.yun.objectstore.front.Front;
import cloud.yun.objectstore.large.LargeObjects;
import cloud.yun.objectstore.object.Objects;
import cloud.yun.objectstore.object.PutObject;
import java.util.LinkedHashMap;
import java.util.Map;

/// Objects over HTTP.
///
/// @see <a href="https://docs.openstack.org/api-ref/object-store/#objects">objects</a>
public final class ObjectRoutes {
    private final Objects objects;
    private final PutObject puts;
    private final CopyObject copies;
    private final Download downloads;
    private final LargeObjects large;

    public ObjectRoutes(Objects objects, PutObject puts, CopyObject copies, Download downloads, LargeObjects large) {
        this.objects = objects;
        this.puts = puts;
        this.copies = copies;
        this.downloads = downloads;
        this.large = large;
    }

    public void add(Front front) {
        front.add(Front.Level.OBJECT, "GET", downloads::get);
        front.add(Front.Level.OBJECT, "HEAD", downloads::get);
        front.add(Front.Level.OBJECT, "PUT", this::put);
        front.add(Front.Level.OBJECT, "POST", this::post);
        front.add(Front.Level.OBJECT, "COPY", c -> created(copies.copy(c)));
        front.add(Front.Level.OBJECT, "DELETE", this::delete);
    }

    private Reply put(Call call) {
        if (call.header("x-copy-from").isPresent()) return created(copies.put(call));
        var promoted = call.query("version-id");
        if (promoted.isPresent()) {
            objects.promote(call, promoted.get());
            return Reply.empty(201).header("X-Object-Version-Id", promoted.get());
        }
        boolean manifest =
                call.query("multipart-manifest").filter("put"::equals).isPresent();
        if (!manifest) return created(puts.put(call), Map.of(), false);
        return created(large.put(call), Map.of(), true);
    }

    private static Reply created(CopyObject.Copied copied) {
        return created(copied.written(), copied.headers(), false);
    }

    /// 202 when a later writer was faster: what was sent is stored nowhere, as if it had been replaced at once.
    private static Reply created(PutObject.Written written, Map<String, String> more, boolean quoted) {
        var headers = new LinkedHashMap<>(more);
        headers.put("Etag", quoted ? '"' + written.etag() + '"' : written.etag());
        headers.put("Last-Modified", written.stamp().http());
        written.versionId().ifPresent(v -> headers.put("X-Object-Version-Id", v));
        return new Reply(written.won() ? 201 : 202, headers, new Reply.Body.None());
    }

    private Reply post(Call call) {
        objects.post(call);
        return Reply.empty(202);
    }

    private Reply delete(Call call) {
        var deleted = objects.delete(call);
        var reply = Reply.noContent();
        return deleted.versionId()
                .map(v -> reply.header("X-Object-Version-Id", v))
                .orElse(reply);
    }
}
