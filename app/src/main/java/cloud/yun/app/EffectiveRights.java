package cloud.yun.app;

import cloud.yun.kernel.Room;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.policy.Target;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the policies of all services, as they are in force, let somebody do with the own things of a place.
///
/// A rule is asked about what belongs to the place and, where it asks for a user, to the user itself. So the answer is
/// what the user may do there; with a thing of somebody else a service may refuse more.
final class EffectiveRights {
    /// @param operations what the rule is asked for: for example `POST /compute/v2.1/servers`
    /// @param check its text in force
    record Right(String service, String rule, String check, List<String> operations, boolean allowed) {}

    private final List<Room> rooms;

    EffectiveRights(List<Room> rooms) {
        this.rooms = List.copyOf(rooms);
    }

    /// @return all rules of all services, with whether the caller passes
    List<Right> of(Caller caller) {
        var target = target(caller);
        var found = new ArrayList<Right>();
        for (var room : rooms) {
            var operations = operations(room);
            room.policy().texts().forEach((rule, check) -> {
                // Rules that no operation asks for only serve others.
                if (!operations.containsKey(rule) && !rule.contains(":")) return;
                found.add(new Right(
                        room.service().type(),
                        rule,
                        check,
                        operations.getOrDefault(rule, List.of()),
                        room.policy().allows(caller, rule, target)));
            });
        }
        return found;
    }

    /// @param rule for example `os_compute_api:servers:create`
    /// @return empty when no service has it
    Optional<Room> owner(String rule) {
        return rooms.stream().filter(r -> r.policy().knows(rule)).findFirst();
    }

    boolean may(Caller caller, Room room, String rule) {
        return room.policy().allows(caller, rule, target(caller));
    }

    static Map<String, List<String>> operations(Room room) {
        var found = new LinkedHashMap<String, List<String>>();
        for (var route : room.routes())
            if (route.rule().isPresent())
                found.computeIfAbsent(route.rule().get(), _ -> new ArrayList<>())
                        .add(operation(room, route));
        return found;
    }

    private static String operation(Room room, Route route) {
        var action = route.action().map(a -> " (" + a + ")").orElse("");
        return route.method() + " " + room.service().mount() + route.path() + action;
    }

    /// The caller's own things in its own scope, under all names by which rules call them.
    private static Target target(Caller caller) {
        var target = Target.of("target.inherited", false);
        var project = caller.project().map(Caller.Project::id).orElse(null);
        for (var name : List.of("project_id", "tenant_id", "target.project.id", "network:tenant_id", "owner"))
            target = target.with(name, project);
        target = target.with(
                "target.project.domain_id",
                caller.project().map(p -> p.domain().id()).orElse(null));
        var user = caller.user().map(Caller.User::id).orElse(null);
        for (var name : List.of(
                "user_id",
                "target.user.id",
                "target.token.user_id",
                "target.credential.user_id",
                "target.trust.trustor_user_id")) target = target.with(name, user);
        var domain = caller.domain().map(Caller.Domain::id).orElse(null);
        for (var name :
                List.of("target.domain_id", "target.domain.id", "target.user.domain_id", "target.group.domain_id"))
            target = target.with(name, domain);
        return domain == null ? target : target.with("target.project.domain_id", domain);
    }
}
