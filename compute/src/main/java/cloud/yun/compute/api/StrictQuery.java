package cloud.yun.compute.api;

import cloud.yun.kernel.http.Microversion;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// From microversion 2.102 every GET refuses query parameters that it does not know.
public final class StrictQuery {
    private static final Microversion SINCE = Microversion.of("2.102");

    /// What each list knows; other paths know nothing.
    private static final Map<String, Set<String>> KNOWN = Map.ofEntries(
            Map.entry(
                    "/v2.1/flavors",
                    Set.of("limit", "marker", "is_public", "minRam", "minDisk", "name", "sort_key", "sort_dir")),
            Map.entry("/v2.1/os-keypairs", Set.of("limit", "marker", "user_id")),
            Map.entry("/v2.1/os-keypairs/{name}", Set.of("user_id")),
            Map.entry("/v2.1/os-hypervisors", Set.of("limit", "marker", "hypervisor_hostname_pattern", "with_servers")),
            Map.entry("/v2.1/os-hypervisors/{id}", Set.of("with_servers")),
            Map.entry("/v2.1/os-services", Set.of("host", "binary")),
            Map.entry("/v2.1/os-server-groups", Set.of("all_projects", "limit", "offset")),
            Map.entry("/v2.1/os-simple-tenant-usage", Set.of("detailed", "start", "end", "limit", "marker")),
            Map.entry("/v2.1/os-simple-tenant-usage/{project}", Set.of("start", "end", "limit", "marker")),
            Map.entry("/v2.1/limits", Set.of("tenant_id")),
            Map.entry("/v2.1/os-quota-sets/{project}", Set.of("user_id")),
            Map.entry("/v2.1/os-quota-sets/{project}/detail", Set.of("user_id")),
            Map.entry(
                    "/v2.1/servers/{server_id}/os-instance-actions",
                    Set.of("limit", "marker", "changes-since", "changes-before")),
            Map.entry("/v2.1/servers/{server_id}/os-volume_attachments", Set.of("limit", "offset")));

    /// Those that check for themselves, since 2.75 already.
    private static final Set<String> OWN =
            Set.of("/v2.1/servers", "/v2.1/servers/detail", "/v2.1/os-migrations", "/v2.1", "/v2.1/");

    private StrictQuery() {}

    /// @return the routes, each GET of them with the check before it
    public static List<Route> with(List<Route> routes) {
        return routes.stream()
                .map(r -> checked(r) ? r.before(request -> check(request, r.path())) : r)
                .toList();
    }

    private static boolean checked(Route route) {
        return route.method().equals("GET") && route.path().startsWith("/v2.1/") && !OWN.contains(route.path());
    }

    private static void check(Request request, String path) {
        if (!request.version().map(v -> v.compareTo(SINCE) >= 0).orElse(false)) return;
        var list = path.endsWith("/detail") && !KNOWN.containsKey(path)
                ? path.substring(0, path.length() - "/detail".length())
                : path;
        Page.only(request, KNOWN.getOrDefault(list, Set.of()));
    }
}
