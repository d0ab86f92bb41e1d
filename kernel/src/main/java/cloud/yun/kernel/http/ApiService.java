package cloud.yun.kernel.http;

import java.util.List;
import java.util.Optional;

/// One service of the catalog, as the HTTP side sees it.
///
/// @param type official service type, for example `block-storage`
/// @param mount path on the gateway port, for example `/volume`; the routes' paths follow it
/// @param ports classic ports on which the service answers at `/`, for example 8776
/// @param dialect how its faults look
/// @param microversions its range and header names, if it has microversions
/// @param projectPrefixes path prefixes behind which a project id may stand and is checked, for example `/v2.1`
/// @param bodyBytesMax longest JSON body, in bytes
/// @param strictSlash a path with a slash at its end is another path (404), as in the services built on Routes;
/// otherwise
///     it is the same one, as in Keystone and Neutron
/// @param rootPaths paths that clients ask for at the root of the host, whatever the mount, for example `/info`
public record ApiService(
        String type,
        String mount,
        List<Integer> ports,
        FaultDialect dialect,
        Optional<Microversions> microversions,
        List<String> projectPrefixes,
        int bodyBytesMax,
        boolean strictSlash,
        List<String> rootPaths) {
    public static final int BODY_BYTES_MAX = 114_688;

    /// @param header service name in `OpenStack-API-Version: NAME x.y`
    /// @param legacyHeader older header that carries the bare version, for example `X-OpenStack-Nova-API-Version`
    public record Microversions(
            String header, Microversion min, Microversion max, Optional<String> legacyHeader, List<String> prefixes) {}

    public ApiService(
            String type,
            String mount,
            List<Integer> ports,
            FaultDialect dialect,
            Optional<Microversions> microversions) {
        this(type, mount, ports, dialect, microversions, List.of(), BODY_BYTES_MAX, false, List.of());
    }

    public ApiService withProjectPrefixes(String... prefixes) {
        return new ApiService(
                type, mount, ports, dialect, microversions, List.of(prefixes), bodyBytesMax, strictSlash, rootPaths);
    }

    public ApiService withBodyBytesMax(int bytes) {
        return new ApiService(
                type, mount, ports, dialect, microversions, projectPrefixes, bytes, strictSlash, rootPaths);
    }

    public ApiService withStrictSlash() {
        return new ApiService(
                type, mount, ports, dialect, microversions, projectPrefixes, bodyBytesMax, true, rootPaths);
    }

    public ApiService withRootPaths(String... paths) {
        return new ApiService(
                type, mount, ports, dialect, microversions, projectPrefixes, bodyBytesMax, strictSlash, List.of(paths));
    }
}
