package cloud.yun.network.subnetpool;

import cloud.yun.network.address.Cidr;
import cloud.yun.network.api.Standard;
import java.util.List;
import java.util.Optional;

/// @param defaultLength prefix length of a subnet whose size nobody said
/// @param quota addresses (IPv4) or /64s (IPv6) that one project may take
public record SubnetPool(
        String id,
        String projectId,
        String name,
        int version,
        List<Cidr> prefixes,
        int defaultLength,
        int minLength,
        int maxLength,
        Optional<Long> quota,
        boolean shared,
        boolean isDefault,
        Optional<String> addressScopeId,
        Standard standard) {}
