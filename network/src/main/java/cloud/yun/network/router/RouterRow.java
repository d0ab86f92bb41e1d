package cloud.yun.network.router;

import cloud.yun.network.api.Standard;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// @param routes list of `destination` and `nexthop`
/// @param host where it lives
public record RouterRow(
        String id,
        String projectId,
        String name,
        boolean adminStateUp,
        String status,
        Optional<String> gatewayNetworkId,
        Optional<String> gatewayPortId,
        boolean snat,
        JsonNode routes,
        List<String> zoneHints,
        Optional<String> host,
        Standard standard) {}
