package cloud.yun.compute.lifecycle;

import cloud.yun.compute.scheduler.Wish;
import cloud.yun.compute.server.Server;
import cloud.yun.compute.server.Shape;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// What a server needs of its host, from its flavor, its image and its user's hints.
public final class Wishes {
    private static final int MIB_OF_GIB = 1024;

    private Wishes() {}

    static Wish of(Tx tx, Wiring w, Server server, Set<String> excluded) {
        var hints = Json.storedObject(server.wanted().hints());
        return new Wish(
                server.id(),
                resources(server),
                server.wanted().zone(),
                server.wanted().forcedHost(),
                server.wanted().requestedHost(),
                server.wanted().requestedNode(),
                excluded,
                list(hints.path("same_host")),
                list(hints.path("different_host")),
                w.groups().ofServer(tx, server.id()),
                server.flavor().extraSpecs());
    }

    /// What a server needs of the host it goes to. Where it was forced to at creation does not count any more.
    ///
    /// @param host the only one that its admin wants
    static Wish moving(Tx tx, Wiring w, Server server, Shape shape, Optional<String> host, Set<String> excluded) {
        var hints = Json.storedObject(server.wanted().hints());
        return new Wish(
                server.id(),
                resources(server, shape),
                server.wanted().zone(),
                Optional.empty(),
                host,
                Optional.empty(),
                excluded,
                list(hints.path("same_host")),
                list(hints.path("different_host")),
                w.groups().ofServer(tx, server.id()),
                shape.flavor().extraSpecs());
    }

    /// @return what placement is asked for; `resources:` of the flavor win over its own sizes, 0 leaves one out
    public static Map<String, Long> resources(Server server) {
        return resources(server, Shape.of(server));
    }

    static Map<String, Long> resources(Server server, Shape shape) {
        var flavor = shape.flavor();
        var all = new LinkedHashMap<String, Long>();
        all.put("VCPU", (long) flavor.vcpus());
        all.put("MEMORY_MB", (long) flavor.ramMib());
        int swapGib = (shape.swapMib() + MIB_OF_GIB - 1) / MIB_OF_GIB;
        all.put("DISK_GB", (long) (server.bootsFromVolume() ? 0 : flavor.diskGib()) + shape.ephemeralGib() + swapGib);
        flavor.extraSpecs().forEach((key, value) -> {
            if (key.startsWith("resources:") && value.matches("\\d{1,9}"))
                all.put(key.substring("resources:".length()), Long.valueOf(value));
        });
        all.values().removeIf(v -> v == 0);
        return all;
    }

    private static List<String> list(JsonNode hint) {
        var found = new ArrayList<String>();
        if (hint.isString()) found.add(hint.stringValue());
        hint.valueStream().filter(JsonNode::isString).forEach(v -> found.add(v.stringValue()));
        return found;
    }
}
