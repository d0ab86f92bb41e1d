package cloud.yun.objectstore.container;

import cloud.yun.objectstore.access.Acl;
import cloud.yun.objectstore.base.Stamp;
import cloud.yun.objectstore.base.SwiftPath;
import java.util.Map;
import java.util.Optional;

/// @param objects that are listed
/// @param bytes of these and of older versions
/// @param headers metadata, lists and settings by their names
public record Container(
        long id,
        String account,
        String name,
        Stamp createdAt,
        Stamp updatedAt,
        long objects,
        long bytes,
        Map<String, String> headers) {
    /// The one storage policy that there is.
    public static final String POLICY = "Policy-0";

    public static final String READ = "X-Container-Read";
    public static final String WRITE = "X-Container-Write";
    public static final String VERSIONS_LOCATION = "X-Versions-Location";
    public static final String HISTORY_LOCATION = "X-History-Location";
    public static final String VERSIONS_ENABLED = "X-Versions-Enabled";

    public SwiftPath path() {
        return SwiftPath.container(account, name);
    }

    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }

    /// @param name without `X-Container-Meta-`, for example `Web-Index`
    public Optional<String> meta(String name) {
        return header("X-Container-Meta-" + name);
    }

    public Optional<Acl> readers() {
        return header(READ).map(Acl::parse);
    }

    public Optional<Acl> writers() {
        return header(WRITE).map(Acl::parse);
    }

    /// Whether each object that is replaced or deleted stays as a version, here in the container.
    public boolean keepsVersions() {
        return header(VERSIONS_ENABLED).map(Boolean::valueOf).orElse(false);
    }

    /// Whether it keeps versions or did once.
    public boolean knowsVersions() {
        return headers.containsKey(VERSIONS_ENABLED);
    }

    public Optional<Long> quotaBytes() {
        return meta("Quota-Bytes").map(Long::valueOf);
    }

    public Optional<Long> quotaCount() {
        return meta("Quota-Count").map(Long::valueOf);
    }
}
