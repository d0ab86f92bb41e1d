package cloud.yun.compute.server;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// A host's name as tenants see it: the same host looks different to each project.
///
/// Source: Compute API reference, `hostId` of a server.
public final class HostId {
    private HostId() {}

    /// @return 56 hexadecimal digits
    public static String of(String projectId, String host) {
        try {
            var digest = MessageDigest.getInstance("SHA-224");
            return HexFormat.of().formatHex(digest.digest((projectId + host).getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
