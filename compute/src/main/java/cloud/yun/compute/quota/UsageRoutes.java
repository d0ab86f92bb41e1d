package cloud.yun.compute.quota;

import cloud.yun.compute.Part;
import cloud.yun.compute.api.Links;
import cloud.yun.compute.api.Page;
import cloud.yun.compute.server.Servers.Summary;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.json.Times;
import cloud.yun.kernel.policy.Policy;
import cloud.yun.kernel.policy.Target;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/// HTTP of usage: how long a project's servers lived in a time, times their sizes. Computed when asked.
public final class UsageRoutes implements Part {
    private static final String SHOW = "os_compute_api:os-simple-tenant-usage:show";

    private static final String USAGE = "/v2.1/os-simple-tenant-usage";
    private static final double SECONDS_OF_HOUR = 3600.0;

    private final Clock clock;
    private final Policy policy;
    private final UsageService usage;

    public UsageRoutes(Clock clock, Policy policy, UsageService usage) {
        this.clock = clock;
        this.policy = policy;
        this.usage = usage;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.get(USAGE, this::list).policy("os_compute_api:os-simple-tenant-usage:list"),
                Route.get(USAGE + "/{project}", this::show).policyOnObject(SHOW));
    }

    private record Period(Instant from, Instant to) {}

    private Period period(Request request) {
        if (request.microversion().atLeast(75))
            Page.only(request, Set.of("start", "end", "detailed", "limit", "marker"));
        var now = clock.instant();
        var from = request.query("start").map(t -> time(t)).orElse(now);
        var to = request.query("end").map(t -> time(t)).orElse(now);
        if (from.isAfter(to)) throw new Invalid("Invalid start time. The start time cannot occur after the end time.");
        return new Period(from, to.isAfter(now) ? now : to);
    }

    /// A date, or a date and a time, both in UTC.
    private static Instant time(String text) {
        try {
            if (text.length() == 10) return LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC);
            return LocalDateTime.parse(text.replace(' ', 'T')).toInstant(ZoneOffset.UTC);
        } catch (DateTimeParseException e) {
            throw new Invalid("Datetime is in invalid format");
        }
    }

    private Reply list(Request request) {
        var period = period(request);
        boolean detailed = request.query("detailed").map(d -> d.equals("1")).orElse(false);
        var lives = lives(request, Optional.empty(), period);
        var byProject = new TreeMap<String, List<Summary>>();
        for (var life : lives)
            byProject.computeIfAbsent(life.projectId(), _ -> new ArrayList<>()).add(life);
        var body = Json.object();
        var array = body.putArray("tenant_usages");
        byProject.forEach((project, all) -> array.add(project(project, all, period, detailed)));
        links(request, body, "tenant_usages_links", "os-simple-tenant-usage", lives);
        return Reply.ok(body);
    }

    private Reply show(Request request) {
        var project = request.variable("project");
        policy.require(request.caller(), SHOW, Target.project(project));
        var period = period(request);
        var lives = lives(request, Optional.of(project), period);
        var body = Json.object();
        // Nova answers with an empty object for a project without servers.
        body.set("tenant_usage", lives.isEmpty() ? Json.object() : project(project, lives, period, true));
        links(request, body, "tenant_usage_links", "os-simple-tenant-usage/" + project, lives);
        return Reply.ok(body);
    }

    private List<Summary> lives(Request request, Optional<String> project, Period period) {
        var all = usage.lives(project, period.from(), period.to());
        if (!request.microversion().atLeast(40)) return all;
        var page = Page.of(request);
        int from = 0;
        if (page.marker().isPresent()) {
            while (from < all.size() && !all.get(from).id().equals(page.marker().get())) from++;
            if (from++ == all.size())
                throw new Invalid("marker [" + page.marker().get() + "] not found");
        }
        return all.subList(from, (int) Math.min(all.size(), (long) from + page.limit()));
    }

    private static void links(Request request, ObjectNode body, String name, String path, List<Summary> shown) {
        if (!request.microversion().atLeast(40)) return;
        if (Page.of(request).full(shown.size()))
            body.set(name, Links.next(request, path, shown.getLast().id()));
    }

    private ObjectNode project(String project, List<Summary> lives, Period period, boolean detailed) {
        double hours = 0;
        double disk = 0;
        double cpus = 0;
        double memory = 0;
        var details = Json.array();
        for (var life : lives) {
            double lived = hours(life, period);
            hours += lived;
            disk += lived * gib(life);
            cpus += lived * life.vcpus();
            memory += lived * life.ramMib();
            details.add(server(life, lived));
        }
        var view = Json.object().put("tenant_id", project);
        if (detailed) view.set("server_usages", details);
        return view.put("total_local_gb_usage", disk)
                .put("total_vcpus_usage", cpus)
                .put("total_memory_mb_usage", memory)
                .put("total_hours", hours)
                .put("start", Times.microsWithoutZone(period.from()))
                .put("stop", Times.microsWithoutZone(period.to()));
    }

    private static int gib(Summary life) {
        return life.rootGib() + life.ephemeralGib();
    }

    private static double hours(Summary life, Period period) {
        var from = life.createdAt().isAfter(period.from()) ? life.createdAt() : period.from();
        var to = life.deletedAt().filter(d -> d.isBefore(period.to())).orElse(period.to());
        return Math.max(0, Duration.between(from, to).toNanos() / 1e9 / SECONDS_OF_HOUR);
    }

    private ObjectNode server(Summary life, double hours) {
        var end = life.deletedAt().orElse(clock.instant());
        return Json.object()
                .put("hours", hours)
                .put("flavor", life.flavorName())
                .put("instance_id", life.id())
                .put("name", life.name())
                .put("tenant_id", life.projectId())
                .put("memory_mb", life.ramMib())
                .put("local_gb", gib(life))
                .put("vcpus", life.vcpus())
                .put("started_at", Times.microsWithoutZone(life.createdAt()))
                .put("ended_at", life.deletedAt().map(Times::microsWithoutZone).orElse(null))
                .put("state", life.deletedAt().isPresent() ? "terminated" : life.vmState())
                .put("uptime", Duration.between(life.createdAt(), end).toSeconds());
    }
}
