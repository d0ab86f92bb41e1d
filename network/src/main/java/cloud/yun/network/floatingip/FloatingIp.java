package cloud.yun.network.floatingip;

import cloud.yun.network.api.Standard;
import java.util.Optional;

/// @param floatingPortId the port that holds the address on the external network
/// @param routerId through which it leads, when it leads anywhere
/// @param status `ACTIVE` once its router's host carries it, `DOWN` when it leads nowhere
public record FloatingIp(
        String id,
        String projectId,
        String floatingAddress,
        String floatingNetworkId,
        String floatingPortId,
        Optional<String> routerId,
        Optional<String> portId,
        Optional<String> fixedAddress,
        String status,
        String dnsName,
        String dnsDomain,
        Standard standard) {}
