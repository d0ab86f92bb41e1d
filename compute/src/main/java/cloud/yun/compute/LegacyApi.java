package cloud.yun.compute;

import cloud.yun.kernel.http.Microversion;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// `/v2`: the routes of `/v2.1` as they were at its first microversion, for clients that know no microversions.
final class LegacyApi {
    private static final Microversion FIRST = Microversion.of("2.1");

    private LegacyApi() {}

    /// @return `routes` and, for each that microversion 2.1 has, its copy below `/v2`
    static List<Route> with(List<Route> routes) {
        var all = new ArrayList<>(routes);
        for (var route : routes)
            if (route.path().startsWith("/v2.1/")
                    && route.from().map(f -> f.compareTo(FIRST) <= 0).orElse(true)) all.add(copy(route));
        return List.copyOf(all);
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
