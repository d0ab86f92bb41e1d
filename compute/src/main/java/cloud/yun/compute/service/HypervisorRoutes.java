package cloud.yun.compute.service;

import cloud.yun.compute.ComputePolicy;
import cloud.yun.compute.Part;
import cloud.yun.compute.api.Links;
import cloud.yun.compute.api.Page;
import cloud.yun.compute.service.HypervisorView.Seen;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.error.CloudException.Refused;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.policy.Policy;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// HTTP of hypervisors.
public final class HypervisorRoutes implements Part {
    /// Upstream's, and our role monitor; whose servers are on a host is for admins.
    private static final String WATCH = ComputePolicy.ADMIN + " or role:monitor";

    /// What differs from upstream's rules of this resource.
    public static final Map<String, String> RULES = Map.of(
            "os_compute_api:os-hypervisors:list", WATCH,
            "os_compute_api:os-hypervisors:list-detail", WATCH,
            "os_compute_api:os-hypervisors:statistics", WATCH,
            "os_compute_api:os-hypervisors:show", WATCH,
            "os_compute_api:os-hypervisors:uptime", WATCH);

    private static final String SERVERS = "os_compute_api:os-hypervisors:servers";
    private static final String HYPERVISORS = "/v2.1/os-hypervisors";
    private static final Set<String> QUERY = Set.of("limit", "marker", "hypervisor_hostname_pattern", "with_servers");

    private final HypervisorView view;
    private final Policy policy;

    public HypervisorRoutes(HypervisorView view, Policy policy) {
        this.view = view;
        this.policy = policy;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.get(HYPERVISORS, r -> list(r, false)).policy("os_compute_api:os-hypervisors:list"),
                Route.get(HYPERVISORS + "/detail", r -> list(r, true))
                        .policy("os_compute_api:os-hypervisors:list-detail"),
                Route.get(HYPERVISORS + "/statistics", this::statistics)
                        .until("2.87")
                        .policy("os_compute_api:os-hypervisors:statistics"),
                Route.get(HYPERVISORS + "/{id}", this::show).policy("os_compute_api:os-hypervisors:show"),
                Route.get(HYPERVISORS + "/{id}/uptime", this::uptime)
                        .until("2.87")
                        .policy("os_compute_api:os-hypervisors:uptime"),
                Route.get(HYPERVISORS + "/{id}/search", r -> matching(r, false))
                        .until("2.52")
                        .policy("os_compute_api:os-hypervisors:search"),
                Route.get(HYPERVISORS + "/{id}/servers", r -> matching(r, true))
                        .until("2.52")
                        .policy(SERVERS));
    }

    private List<Seen> all() {
        return view.all();
    }

    private Reply list(Request request, boolean detail) {
        var version = request.microversion();
        if (version.atLeast(75)) Page.only(request, QUERY);
        boolean byUuid = version.atLeast(53);
        var pattern = byUuid ? request.query("hypervisor_hostname_pattern") : java.util.Optional.<String>empty();
        var seen = all();
        if (pattern.isPresent()) {
            if (request.query("limit").isPresent() || request.query("marker").isPresent())
                throw new Invalid("Paging over hypervisors with the hypervisor_hostname_pattern query parameter is not"
                        + " supported.");
            seen = named(seen, pattern.get());
            if (seen.isEmpty() && !version.atLeast(88))
                throw new NotFound("No hypervisor matching '" + pattern.get() + "' could be found.");
        }
        boolean paged = version.atLeast(33);
        var page = paged ? Page.of(request) : new Page(Integer.MAX_VALUE, java.util.Optional.empty(), false);
        var shown = page(seen, page, byUuid);
        boolean withServers = withServers(request);
        var body = Json.object();
        var array = body.putArray("hypervisors");
        for (var one : shown) {
            var entry = detail ? view.detail(request, one) : view.brief(request, one);
            if (withServers) view.addServers(entry, one);
            array.add(entry);
        }
        if (page.limited() && page.full(shown.size()))
            body.set(
                    "hypervisors_links",
                    Links.next(
                            request,
                            detail ? "os-hypervisors/detail" : "os-hypervisors",
                            HypervisorView.id(request, shown.getLast())));
        return Reply.ok(body);
    }

    private boolean withServers(Request request) {
        boolean asked = request.microversion().atLeast(53)
                && request.query("with_servers").map(Boolean::parseBoolean).orElse(false);
        if (asked) policy.require(request.caller(), SERVERS);
        return asked;
    }

    private static List<Seen> named(List<Seen> all, String pattern) {
        return all.stream()
                .filter(s -> s.hypervisor().facts().hostname().contains(pattern))
                .toList();
    }

    /// There are as many as hosts, so a page is cut from all of them.
    private static List<Seen> page(List<Seen> all, Page page, boolean byUuid) {
        int from = 0;
        if (page.marker().isPresent()) {
            var marker = page.marker().get();
            while (from < all.size() && !is(all.get(from), marker, byUuid)) from++;
            if (from++ == all.size()) throw new Invalid("Marker [" + marker + "] not found.");
        }
        return all.subList(from, (int) Math.min(all.size(), (long) from + page.limit()));
    }

    private static boolean is(Seen seen, String id, boolean byUuid) {
        return byUuid
                ? seen.hypervisor().id().equals(id)
                : Long.toString(seen.hypervisor().number()).equals(id);
    }

    private Seen required(Request request) {
        var id = request.variable("id");
        boolean byUuid = request.microversion().atLeast(53);
        return all().stream()
                .filter(s -> is(s, id, byUuid))
                .findFirst()
                .orElseThrow(() -> new NotFound("Hypervisor with ID '" + id + "' could not be found."));
    }

    private Reply show(Request request) {
        var seen = required(request);
        var entry = view.detail(request, seen);
        if (withServers(request)) view.addServers(entry, seen);
        return Reply.ok(wrapped(entry));
    }

    private Reply uptime(Request request) {
        var seen = required(request);
        var uptime = HypervisorView.uptime(seen)
                .orElseThrow(() -> new Refused(501, "The requested functionality is not supported."));
        return Reply.ok(wrapped(view.brief(request, seen).put("uptime", uptime)));
    }

    private Reply statistics(Request request) {
        var body = Json.object();
        body.set("hypervisor_statistics", view.statistics(all()));
        return Reply.ok(body);
    }

    private Reply matching(Request request, boolean withServers) {
        var pattern = request.variable("id");
        var seen = named(all(), pattern);
        if (seen.isEmpty()) throw new NotFound("No hypervisor matching '" + pattern + "' could be found.");
        var body = Json.object();
        var array = body.putArray("hypervisors");
        for (var one : seen) {
            var entry = view.brief(request, one);
            if (withServers) view.addServers(entry, one);
            array.add(entry);
        }
        return Reply.ok(body);
    }

    private static ObjectNode wrapped(ObjectNode entry) {
        var body = Json.object();
        body.set("hypervisor", entry);
        return body;
    }
}
