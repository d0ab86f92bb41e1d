package cloud.yun.compute.proxy;

import cloud.yun.compute.Part;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Forbidden;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.error.CloudException.OverQuota;
import cloud.yun.kernel.http.Peer;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// HTTP of security groups and their rules as compute showed them, until 2.35.
///
/// @see <a href="https://docs.openstack.org/api-ref/compute/#security-groups-os-security-groups-deprecated">API</a>
public final class SecurityGroupProxy implements Part {
    private static final String GROUPS = "/v2.1/os-security-groups";
    private static final String RULES = "/v2.1/os-security-group-rules";
    private static final String RULE = "os_compute_api:os-security-groups:";
    private static final Pattern UUID = Pattern.compile("[0-9a-fA-F-]{32,36}");

    private final Peer network;

    public SecurityGroupProxy(Peer network) {
        this.network = network;
    }

    @Override
    public List<Route> routes() {
        var schema = "schema/compute/security-group.json";
        return List.of(
                        Route.get(GROUPS, this::list).policy(RULE + "get"),
                        Route.post(GROUPS, this::create).policy(RULE + "create").schema(schema),
                        Route.get(GROUPS + "/{id}", this::show).policy(RULE + "show"),
                        Route.put(GROUPS + "/{id}", this::update)
                                .policy(RULE + "update")
                                .schema(schema),
                        Route.delete(GROUPS + "/{id}", this::delete).policy(RULE + "delete"),
                        Route.post(RULES, this::createRule)
                                .policy(RULE + "rule:create")
                                .schema("schema/compute/security-group-rule.json"),
                        Route.delete(RULES + "/{id}", this::deleteRule).policy(RULE + "rule:delete"))
                .stream()
                .map(r -> r.until("2.35"))
                .toList();
    }

    private Reply list(Request request) {
        var caller = request.caller();
        boolean all = caller.admin() && request.query("all_tenants").isPresent();
        Map<String, List<String>> query = all ? Map.of() : Map.of("project_id", List.of(caller.projectId()));
        var groups = network.get(caller, "/v2.0/security-groups", query).path("security_groups");
        var body = Json.object();
        var array = body.putArray("security_groups");
        var view = new SecurityGroupView(network, caller);
        view.of(groups.valueStream().toList()).stream()
                .skip(number(request, "offset").orElse(0))
                .limit(number(request, "limit").orElse(1000))
                .forEach(array::add);
        return Reply.ok(body);
    }

    private static Optional<Integer> number(Request request, String name) {
        try {
            return request.query(name).map(Integer::parseUnsignedInt);
        } catch (NumberFormatException e) {
            throw new Invalid(name + " param must be an integer");
        }
    }

    private JsonNode find(Caller caller, String id) {
        if (!UUID.matcher(id).matches()) throw new Invalid("Security group id should be uuid");
        return group(caller, id);
    }

    private JsonNode group(Caller caller, String id) {
        try {
            return network.get(caller, "/v2.0/security-groups/" + id).path("security_group");
        } catch (NotFound e) {
            throw new NotFound("Security group " + id + " not found.");
        }
    }

    private Reply show(Request request) {
        return answer(request.caller(), find(request.caller(), request.variable("id")));
    }

    private Reply answer(Caller caller, JsonNode group) {
        var body = Json.object();
        body.set(
                "security_group",
                new SecurityGroupView(network, caller).of(List.of(group)).getFirst());
        return Reply.ok(body);
    }

    private static ObjectNode wanted(Request request) {
        var asked = request.object("security_group");
        var body = Json.object();
        var group = body.putObject("security_group");
        group.set("name", asked.path("name"));
        group.set("description", asked.path("description"));
        return body;
    }

    private Reply create(Request request) {
        try {
            return answer(
                    request.caller(),
                    network.post(request.caller(), "/v2.0/security-groups", wanted(request))
                            .path("security_group"));
        } catch (OverQuota e) {
            throw new Forbidden(e.userMessage());
        } catch (Conflict e) {
            throw new Invalid(e.userMessage());
        }
    }

    private Reply update(Request request) {
        var id = request.variable("id");
        find(request.caller(), id);
        try {
            return answer(
                    request.caller(),
                    network.put(request.caller(), "/v2.0/security-groups/" + id, wanted(request))
                            .path("security_group"));
        } catch (Conflict e) {
            throw new Invalid(e.userMessage());
        }
    }

    private Reply delete(Request request) {
        var id = request.variable("id");
        find(request.caller(), id);
        try {
            network.delete(request.caller(), "/v2.0/security-groups/" + id);
        } catch (Conflict e) {
            throw new Invalid(e.userMessage());
        }
        return Reply.accepted();
    }

    private Reply createRule(Request request) {
        var caller = request.caller();
        var asked = request.object("security_group_rule");
        var parent = group(caller, asked.path("parent_group_id").asString());
        var source = OldRule.text(asked, "group_id");
        source.ifPresent(id -> group(caller, id));
        var rule = OldRule.of(asked).orElseThrow(() -> new Invalid("Not enough parameters to build a valid rule."));
        for (var has : parent.path("security_group_rules"))
            if (OldRule.ingress(has) && rule.same(OldRule.stored(has)))
                throw new Invalid(
                        "This rule already exists in group " + parent.path("id").asString());
        try {
            var made = network.post(
                            caller,
                            "/v2.0/security-group-rules",
                            rule.wanted(parent.path("id").asString()))
                    .path("security_group_rule");
            var body = Json.object();
            body.set(
                    "security_group_rule",
                    new SecurityGroupView(network, caller).rule(made).orElseThrow());
            return Reply.ok(body);
        } catch (OverQuota e) {
            throw new Forbidden(e.userMessage());
        } catch (Conflict e) {
            throw new Forbidden(e.userMessage());
        }
    }

    private Reply deleteRule(Request request) {
        var id = request.variable("id");
        if (!UUID.matcher(id).matches()) throw new Invalid("Security group id should be uuid");
        try {
            network.get(request.caller(), "/v2.0/security-group-rules/" + id);
            network.delete(request.caller(), "/v2.0/security-group-rules/" + id);
        } catch (NotFound e) {
            throw new NotFound("Security group rule " + id + " not found.");
        }
        return Reply.accepted();
    }

    /// Groups of a server, by the ids that its ports name.
    static Map<String, JsonNode> byId(Peer network, Caller caller, List<String> ids) {
        var found = new LinkedHashMap<String, JsonNode>();
        if (ids.isEmpty()) return found;
        network.get(caller, "/v2.0/security-groups", Map.of("id", ids))
                .path("security_groups")
                .forEach(g -> found.put(g.path("id").asString(), g));
        return found;
    }
}
