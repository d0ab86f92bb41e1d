package cloud.yun.compute.serverapi;

import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// One entry of `block_device_mapping_v2`, or of the older `block_device_mapping` in its terms.
///
/// @param source `volume`, `image`, `snapshot`, `blank`
/// @param destination `local` or `volume`
/// @param sizeGib of what is made; for swap in MiB as Nova has it
/// @param bootIndex 0 for the disk to boot from, negative for none
record BlockDevice(
        String source,
        String destination,
        Optional<String> id,
        Optional<Integer> sizeGib,
        int bootIndex,
        boolean deleteOnTermination,
        Optional<String> device,
        Optional<String> guestFormat,
        Optional<String> tag,
        Optional<String> volumeType) {
    private static final String INVALID = "Block Device Mapping is Invalid: ";

    boolean volume() {
        return destination.equals("volume");
    }

    boolean swap() {
        return source.equals("blank") && guestFormat.orElse("").equals("swap");
    }

    /// @throws Invalid in Nova's words
    static List<BlockDevice> all(JsonNode server) {
        var v1 = server.path("block_device_mapping");
        var v2 = server.path("block_device_mapping_v2");
        if (!v1.isMissingNode() && !v2.isMissingNode())
            throw new Invalid("Using different block_device_mapping syntaxes is not allowed in the same request.");
        var found = new ArrayList<BlockDevice>();
        for (var d : v2) found.add(modern(d));
        boolean root = server.path("imageRef").asString("").isEmpty();
        for (var d : v1) {
            // The first volume of a server without image is what it boots from.
            var device = legacy(d, root && found.isEmpty() ? 0 : -1);
            device.ifPresent(found::add);
        }
        return found;
    }

    /// @param mapping `block_device_mapping` of an image that was made of a server on volumes
    static List<BlockDevice> ofImage(String mapping) {
        var found = new ArrayList<BlockDevice>();
        for (var d : Json.stored(mapping)) found.add(modern(d));
        return found;
    }

    private static BlockDevice modern(JsonNode d) {
        var named = new ArrayList<String[]>();
        for (var kind : List.of("volume", "image", "snapshot")) {
            var id = CreateRequest.text(d, kind + "_id");
            id.ifPresent(i -> named.add(new String[] {kind, i}));
        }
        var source = CreateRequest.text(d, "source_type").orElse(named.isEmpty() ? "" : named.getFirst()[0]);
        if (source.isEmpty()) throw new Invalid(INVALID + "Invalid source_type field.");
        var id = CreateRequest.text(d, "uuid")
                .or(() -> named.stream()
                        .filter(n -> n[0].equals(source))
                        .map(n -> n[1])
                        .findFirst());
        if (id.isEmpty() && !source.equals("blank")) throw new Invalid(INVALID + "Missing device UUID.");
        var destination = CreateRequest.text(d, "destination_type")
                .orElse(source.equals("image") || source.equals("blank") ? "local" : "volume");
        if (destination.equals("local") && (source.equals("volume") || source.equals("snapshot")))
            throw new Invalid(INVALID + "Mapping " + source + " to local is not supported.");
        int bootIndex =
                CreateRequest.text(d, "boot_index").map(Integer::parseInt).orElse(-1);
        if (source.equals("image") && destination.equals("local") && bootIndex != 0)
            throw new Invalid(INVALID + "Mapping image to local is not supported.");
        return new BlockDevice(
                source,
                destination,
                id,
                CreateRequest.text(d, "volume_size").map(Integer::parseInt),
                bootIndex,
                // What is made on the host goes with the server in any case.
                destination.equals("local") || CreateRequest.bool(d.path("delete_on_termination")),
                CreateRequest.text(d, "device_name"),
                CreateRequest.text(d, "guest_format"),
                CreateRequest.text(d, "tag"),
                CreateRequest.text(d, "volume_type"));
    }

    private static Optional<BlockDevice> legacy(JsonNode d, int bootIndex) {
        var volume = CreateRequest.text(d, "volume_id");
        var snapshot = CreateRequest.text(d, "snapshot_id");
        if (volume.isEmpty() && snapshot.isEmpty()) return Optional.empty(); // no_device
        return Optional.of(new BlockDevice(
                volume.isPresent() ? "volume" : "snapshot",
                "volume",
                volume.or(() -> snapshot),
                CreateRequest.text(d, "volume_size").map(Integer::parseInt),
                bootIndex,
                CreateRequest.bool(d.path("delete_on_termination")),
                CreateRequest.text(d, "device_name"),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()));
    }
}
