package cloud.yun.compute.server;

import cloud.yun.compute.server.Server.Wanted;
import java.util.Map;
import java.util.Optional;

/// What a rebuild writes anew of a server.
///
/// @param imageId of the root disk; empty when the server boots from a volume
public record Revision(
        String name,
        String hostname,
        Optional<String> description,
        Optional<String> imageId,
        Optional<String> keyName,
        Map<String, String> metadata,
        Optional<String> accessV4,
        Optional<String> accessV6,
        Wanted wanted) {
    @Override
    public String toString() {
        return "Revision[" + name + "]"; // holds a password
    }
}
