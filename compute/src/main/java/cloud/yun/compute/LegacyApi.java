package cloud.yun.compute;

import cloud.yun.kernel.http.Microversion;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// `/v2`: the routes of `/v2.1` as they were at its first microversion, for clients that know no microversions.
final class LegacyApi {
    private static final Microversion FIRST = Microversion.of("2.1");
    private static final Microversion LAST_BOOT = Microversion.of("2.102");
    private static final Pattern SERVERS =
            Pattern.compile("/v2\\.1/servers(/detail|/\\{server_id}|/\\{server_id}/action)?");

    private LegacyApi() {}

    /// @return `routes` and, for each that microversion 2.1 has, its copy below `/v2`
    static List<Route> with(List<Route> routes) {
        var all = new ArrayList<>(routes);
        for (var route : routes)
            if (route.path().startsWith("/v2.1/")
                    && route.from().map(f -> f.compareTo(FIRST) <= 0).orElse(true)) all.add(copy(route));
        return List.copyOf(all);
    }

    /// `os-volumes_boot`, another name of servers that nobody documented; it ended with 2.102.
    static List<Route> volumesBoot(List<Route> routes) {
        return routes.stream()
                .filter(r -> SERVERS.matcher(r.path()).matches())
                .filter(r -> r.from().map(f -> f.compareTo(LAST_BOOT) <= 0).orElse(true))
                .map(r -> renamed(r, r.path().replaceFirst("^/v2.1/servers", "/v2.1/os-volumes_boot")))
                .toList();
    }

    private static Route renamed(Route route, String path) {
        return new Route(
                route.method(),
                path,
                route.handler(),
                route.rule(),
                route.access(),
                route.from(),
                Optional.of(route.to().filter(t -> t.compareTo(LAST_BOOT) < 0).orElse(LAST_BOOT)),
                route.schemas(),
                route.action(),
                route.streaming());
    }

    private static Route copy(Route route) {
        var schemas = route.schemas().stream()
                .filter(s -> s.from().map(f -> f.compareTo(FIRST) <= 0).orElse(true))
                .toList();
        return new Route(
                route.method(),
                "/v2" + route.path().substring("/v2.1".length()),
                r -> route.handler().handle(first(r)),
                route.rule(),
                route.access(),
                Optional.empty(),
                Optional.empty(),
                schemas.isEmpty() ? List.of() : List.of(schemas.getLast()),
                route.action(),
                route.streaming());
    }

    private static Request first(Request r) {
        return new Request(
                r.caller(),
                r.method(),
                r.url(),
                r.path(),
                r.variables(),
                r.query(),
                r.headers(),
                Optional.of(FIRST),
                r.body(),
                r.stream());
    }
}
