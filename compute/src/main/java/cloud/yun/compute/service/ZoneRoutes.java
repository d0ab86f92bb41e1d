package cloud.yun.compute.service;

import cloud.yun.compute.Part;
import cloud.yun.compute.service.HostService.Shown;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.json.Times;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;

/// HTTP of availability zones. A zone is a word in an aggregate's metadata; it has no row of its own.
public final class ZoneRoutes implements Part {
    private static final String ZONES = "/v2.1/os-availability-zone";

    private final HostService hosts;

    public ZoneRoutes(HostService hosts) {
        this.hosts = hosts;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.get(ZONES, this::list).policy("os_compute_api:os-availability-zone:list"),
                Route.get(ZONES + "/detail", this::detail).policy("os_compute_api:os-availability-zone:detail"));
    }

    /// A zone is available when one host in it is not disabled.
    private Map<String, List<Shown>> zones() {
        var zones = new TreeMap<String, List<Shown>>();
        for (var shown : hosts.services(Optional.empty(), Optional.empty()))
            zones.computeIfAbsent(shown.zone(), _ -> new ArrayList<>()).add(shown);
        return zones;
    }

    private static boolean available(List<Shown> services) {
        return services.stream().anyMatch(s -> !s.service().disabled());
    }

    private Reply list(Request request) {
        var zones = zones();
        zones.remove(HostService.INTERNAL);
        var body = Json.object();
        var array = body.putArray("availabilityZoneInfo");
        for (boolean available : new boolean[] {true, false})
            zones.forEach((name, services) -> {
                if (available(services) != available) return;
                zone(array, name, available).putNull("hosts");
            });
        return Reply.ok(body);
    }

    private static tools.jackson.databind.node.ObjectNode zone(ArrayNode array, String name, boolean available) {
        var zone = array.addObject().put("zoneName", name);
        zone.putObject("zoneState").put("available", available);
        return zone;
    }

    private Reply detail(Request request) {
        var body = Json.object();
        var array = body.putArray("availabilityZoneInfo");
        zones().forEach((name, services) -> {
            var byHost = zone(array, name, available(services)).putObject("hosts");
            for (var shown : services) {
                var service = shown.service();
                byHost.withObjectProperty(service.host())
                        .putObject(service.program())
                        .put("available", shown.up())
                        .put("active", !service.disabled())
                        .put("updated_at", Times.microsWithoutZone(service.reportedAt()));
            }
        });
        return Reply.ok(body);
    }
}
