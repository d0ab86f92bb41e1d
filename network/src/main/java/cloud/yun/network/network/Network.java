package cloud.yun.network.network;

import cloud.yun.network.api.Standard;
import cloud.yun.network.driver.NetworkDriver;
import java.util.List;
import java.util.Optional;

/// @param external whether routers may have their gateway on it
/// @param mtu in bytes
/// @param dhcpHost where its DHCP server runs
public record Network(
        String id,
        String projectId,
        String name,
        boolean adminStateUp,
        boolean external,
        boolean isDefault,
        int mtu,
        boolean portSecurity,
        String dnsDomain,
        List<String> zoneHints,
        String type,
        Optional<String> physicalNetwork,
        Optional<Integer> segmentationId,
        Optional<String> dhcpHost,
        Standard standard) {
    public NetworkDriver.Segment segment() {
        return new NetworkDriver.Segment(id, type, physicalNetwork, segmentationId, mtu);
    }

    public boolean tunnel() {
        return type.equals("vxlan");
    }
}
