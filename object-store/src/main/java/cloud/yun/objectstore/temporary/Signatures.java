package cloud.yun.objectstore.temporary;

import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.objectstore.base.Call.Signed;
import cloud.yun.objectstore.base.SwiftPath;
import cloud.yun.objectstore.object.Place;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Checks HMACs against the keys of an account and of a container.
final class Signatures {
    private static final Map<Integer, String> BY_LENGTH = Map.of(40, "sha1", 64, "sha256", 128, "sha512");
    private static final Map<String, String> MACS =
            Map.of("sha1", "HmacSHA1", "sha256", "HmacSHA256", "sha512", "HmacSHA512");

    private final Database db;
    private final Set<String> allowed;
    private final String mount;

    /// @param allowed hashes: `sha1`, `sha256`, `sha512`
    /// @param mount path of the service on the gateway: clients sign the path of the URL that they know
    Signatures(Database db, Set<String> allowed, String mount) {
        this.db = db;
        this.allowed = allowed;
        this.mount = mount;
    }

    /// @param kind of the hash
    record Signature(String kind, byte[] value) {}

    /// Hexadecimal of a known length, or `sha256:` and Base64.
    ///
    /// @return empty when it is neither, or of a hash that is not allowed
    Optional<Signature> parse(String text) {
        int colon = text.indexOf(':');
        var kind = colon < 0 ? BY_LENGTH.getOrDefault(text.length(), "") : text.substring(0, colon);
        if (!allowed.contains(kind)) return Optional.empty();
        try {
            return Optional.of(new Signature(
                    kind,
                    colon < 0
                            ? HexFormat.of().parseHex(text.toLowerCase(java.util.Locale.ROOT))
                            : Base64.getUrlDecoder()
                                    .decode(text.substring(colon + 1)
                                            .replace('+', '-')
                                            .replace('/', '_'))));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /// The texts of the path `/v1/...` that a client may have signed.
    List<String> paths(SwiftPath path) {
        return List.of("/v1" + path, mount + "/v1" + path);
    }

    /// @param texts any of which may have been signed
    /// @return how far the key reaches whose signature it is
    Optional<Signed> opened(SwiftPath path, Signature signature, List<String> texts) {
        var place = Place.find(db, path);
        var account = keys(place.account().map(a -> a.headers()).orElse(Map.of()), "Account");
        for (var key : account)
            if (fits(key, signature, texts)) return Optional.of(new Signed(path.account(), Optional.empty()));
        var container = keys(place.container().map(c -> c.headers()).orElse(Map.of()), "Container");
        for (var key : container)
            if (fits(key, signature, texts)) return Optional.of(new Signed(path.account(), path.container()));
        return Optional.empty();
    }

    private static List<String> keys(Map<String, String> headers, String kind) {
        var found = new ArrayList<String>();
        for (var name : List.of("Temp-Url-Key", "Temp-Url-Key-2")) {
            var key = headers.get("X-" + kind + "-Meta-" + name);
            if (key != null) found.add(key);
        }
        return found;
    }

    private static boolean fits(String key, Signature signature, List<String> texts) {
        return texts.stream().anyMatch(t -> MessageDigest.isEqual(mac(signature.kind(), key, t), signature.value()));
    }

    static byte[] mac(String kind, String key, String text) {
        try {
            var name = MACS.get(kind);
            if (name == null) throw new Invalid("There is no hash " + kind);
            var mac = Mac.getInstance(name);
            mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), name));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException(e);
        }
    }
}
