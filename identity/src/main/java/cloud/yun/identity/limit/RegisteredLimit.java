package cloud.yun.identity.limit;

import java.util.Optional;

/// @param what service, region and resource it speaks of
/// @param defaultLimit for whoever has no limit of its own; -1: without limit
public record RegisteredLimit(String id, Resource what, int defaultLimit, Optional<String> description) {
    /// @param regionId empty: all regions
    public record Resource(String serviceId, Optional<String> regionId, String name) {}
}
