package cloud.yun.blockstorage.scheduler;

import cloud.yun.blockstorage.service.StorageService;
import tools.jackson.databind.node.ObjectNode;

/// Where a volume may go, as last reported.
///
/// @param name `HOST@BACKEND#POOL`
/// @param allocatedGib what our rows hold there, counted now
public record Pool(String name, String zone, boolean up, boolean disabled, ObjectNode capabilities, long allocatedGib) {
    static Pool of(StorageService service, boolean up, long allocatedGib) {
        return new Pool(service.pool(), service.zone(), up, service.disabled(), service.capabilities(), allocatedGib);
    }

    double totalGib() {
        return capabilities.path("total_capacity_gb").asDouble(0);
    }

    /// @return what is free after the part that is never given away
    double freeGib() {
        return capabilities.path("free_capacity_gb").asDouble(0)
                - Math.floor(
                        totalGib() * capabilities.path("reserved_percentage").asInt(0) / 100.0);
    }

    double overSubscription() {
        return capabilities.path("max_over_subscription_ratio").asDouble(1);
    }
}
