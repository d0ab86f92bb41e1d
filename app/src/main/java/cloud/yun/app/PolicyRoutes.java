package cloud.yun.app;

import cloud.yun.kernel.Room;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/// `/yun/v1/policies`: the rules of all services, seen, checked and changed as one set.
final class PolicyRoutes {
    private final List<Room> rooms;

    PolicyRoutes(List<Room> rooms) {
        this.rooms = List.copyOf(rooms);
    }

    static Map<String, String> rules() {
        return Map.of(
                "yun:policies:show", "role:admin or (role:reader and system_scope:all)",
                "yun:policies:check", "role:admin",
                "yun:policies:update", "role:admin");
    }

    List<Route> routes() {
        return List.of(
                Route.get("/v1/policies", _ -> show()).policy("yun:policies:show"),
                Route.post("/v1/policies/check", this::check)
                        .policy("yun:policies:check")
                        .schema("schema/yun/policies.json"),
                Route.put("/v1/policies", this::update)
                        .policy("yun:policies:update")
                        .schema("schema/yun/policies.json"));
    }

    private Reply show() {
        var body = Json.object();
        var services = body.putObject("policies");
        for (var room : rooms) {
            var rules = services.putObject(room.service().type());
            var changed = room.policy().overridden();
            var standard = room.policy().defaults();
            room.policy()
                    .texts()
                    .forEach((name, text) -> rules.putObject(name)
                            .put("check", text)
                            .put("default", standard.get(name))
                            .put("changed", changed.contains(name)));
        }
        return Reply.ok(body);
    }

    private Map<Room, Map<String, String>> wanted(Request request) {
        var given = request.object("policies");
        var all = new LinkedHashMap<Room, Map<String, String>>();
        for (var room : rooms) {
            var rules = new LinkedHashMap<String, String>();
            if (given.get(room.service().type()) instanceof ObjectNode own)
                own.properties().forEach(e -> rules.put(e.getKey(), e.getValue().asString()));
            all.put(room, rules);
        }
        return all;
    }

    /// @return sentences, each behind the name of its service
    private List<String> problems(Request request, Map<Room, Map<String, String>> wanted) {
        var known = rooms.stream().map(r -> r.service().type()).toList();
        var found = new java.util.ArrayList<String>();
        for (var name : request.object("policies").propertyNames())
            if (!known.contains(name)) found.add(name + ": there is no such service; there are " + known);
        wanted.forEach((room, rules) -> room.policy()
                .problems(rules)
                .forEach(p -> found.add(room.service().type() + ": " + p)));
        return found;
    }

    private Reply check(Request request) {
        var body = Json.object();
        problems(request, wanted(request)).forEach(body.putArray("problems")::add);
        return Reply.ok(body);
    }

    /// The whole set: a service that is left out has its defaults. Nothing is changed if anything in it is wrong.
    private Reply update(Request request) {
        var wanted = wanted(request);
        var problems = problems(request, wanted);
        if (!problems.isEmpty()) throw new Invalid("Nothing was changed. " + String.join("; ", problems));
        wanted.forEach((room, rules) -> room.policy().replace(rules));
        return show();
    }
}
