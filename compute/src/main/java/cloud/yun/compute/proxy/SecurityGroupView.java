package cloud.yun.compute.proxy;

import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.http.Peer;
import cloud.yun.kernel.json.Json;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A security group as compute showed it: its ingress rules only, a remote group by name and project.
final class SecurityGroupView {
    private final Peer network;
    private final Caller caller;
    /// Remote groups looked up so far; empty for those that are gone or hidden.
    private final Map<String, Optional<ObjectNode>> remote = new HashMap<>();

    SecurityGroupView(Peer network, Caller caller) {
        this.network = network;
        this.caller = caller;
    }

    /// @return ordered by project and name, as Nova does
    List<ObjectNode> of(List<JsonNode> groups) {
        groups.forEach(g -> remote.put(g.path("id").asString(), Optional.of(brief(g))));
        return groups.stream()
                .map(this::view)
                .sorted(Comparator.<ObjectNode, String>comparing(
                                g -> g.path("tenant_id").asString())
                        .thenComparing(g -> g.path("name").asString()))
                .toList();
    }

    private ObjectNode view(JsonNode group) {
        var view = Json.object();
        view.set("id", group.path("id"));
        view.set("description", group.path("description"));
        view.set("name", group.path("name"));
        view.set("tenant_id", group.path("tenant_id"));
        var rules = view.putArray("rules");
        for (var rule : group.path("security_group_rules"))
            if (OldRule.ingress(rule)) rule(rule).ifPresent(rules::add);
        return view;
    }

    /// @return empty when the group that it names is gone
    Optional<ObjectNode> rule(JsonNode stored) {
        var rule = OldRule.stored(stored);
        var view = Json.object();
        view.set("id", stored.path("id"));
        view.set("parent_group_id", stored.path("security_group_id"));
        view.put("ip_protocol", rule.protocol().orElse(null))
                .put("from_port", rule.from().orElse(null))
                .put("to_port", rule.to().orElse(null));
        if (rule.groupId().isEmpty()) {
            view.putObject("group");
            view.putObject("ip_range").put("cidr", rule.cidr().orElse(OldRule.ANYWHERE));
            return Optional.of(view);
        }
        var group = remote.computeIfAbsent(rule.groupId().get(), this::lookUp);
        group.ifPresent(g -> view.set("group", g));
        view.putObject("ip_range");
        return group.map(_ -> view);
    }

    private Optional<ObjectNode> lookUp(String id) {
        try {
            return Optional.of(
                    brief(network.get(caller, "/v2.0/security-groups/" + id).path("security_group")));
        } catch (NotFound e) {
            return Optional.empty();
        }
    }

    private static ObjectNode brief(JsonNode group) {
        var brief = Json.object();
        brief.set("name", group.path("name"));
        brief.set("tenant_id", group.path("tenant_id"));
        return brief;
    }
}
