package cloud.yun.network.securitygroup;

import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.json.Times;
import cloud.yun.network.address.Cidr;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// @param direction `ingress` towards the port, `egress` from it
/// @param etherType `IPv4` or `IPv6`
/// @param portMin first port, or ICMP type
/// @param portMax last port, or ICMP code
record Rule(
        String id,
        String projectId,
        String groupId,
        String direction,
        String etherType,
        Optional<String> protocol,
        Optional<Integer> portMin,
        Optional<Integer> portMax,
        Optional<String> remotePrefix,
        Optional<String> remoteGroupId,
        Optional<String> remoteAddressGroupId,
        Optional<String> description,
        long revision,
        Instant createdAt,
        Instant updatedAt) {
    static Rule all(
            String id, String projectId, String groupId, String direction, String type, boolean own, Instant now) {
        return new Rule(
                id,
                projectId,
                groupId,
                direction,
                type,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                own ? Optional.of(groupId) : Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                0,
                now,
                now);
    }

    ObjectNode render() {
        var object = Json.object()
                .put("id", id)
                .put("tenant_id", projectId)
                .put("security_group_id", groupId)
                .put("ethertype", etherType)
                .put("direction", direction)
                .put("protocol", protocol.orElse(null));
        object.set("port_range_min", Json.tree(portMin.orElse(null)));
        object.set("port_range_max", Json.tree(portMax.orElse(null)));
        return object.put("remote_ip_prefix", remotePrefix.orElse(null))
                .put("remote_address_group_id", remoteAddressGroupId.orElse(null))
                .put(
                        "normalized_cidr",
                        remotePrefix
                                .flatMap(Cidr::parse)
                                .map(c -> c.network().toString())
                                .orElse(null))
                .put("remote_group_id", remoteGroupId.orElse(null))
                .put("description", description.orElse(null))
                .put("created_at", Times.seconds(createdAt))
                .put("updated_at", Times.seconds(updatedAt))
                .put("revision_number", revision)
                .put("project_id", projectId);
    }
}
