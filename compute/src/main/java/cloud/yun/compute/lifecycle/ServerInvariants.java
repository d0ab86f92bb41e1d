package cloud.yun.compute.lifecycle;

import cloud.yun.compute.migration.MigrationStore;
import cloud.yun.compute.scheduler.HostReports;
import cloud.yun.compute.server.Server;
import cloud.yun.compute.server.ServerStore;
import cloud.yun.compute.server.TaskState;
import cloud.yun.compute.server.VmState;
import cloud.yun.compute.service.ComputeHosts.ComputeHost;
import cloud.yun.compute.volume.VolumeState;
import cloud.yun.compute.volume.VolumeStore;
import cloud.yun.kernel.check.Invariant;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Unavailable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/// What must hold between servers and everything that belongs to them.
public final class ServerInvariants {
    private static final List<String> COUNTED = List.of("instances", "cores", "ram");

    private final Wiring w;

    public ServerInvariants(Wiring wiring) {
        this.w = wiring;
    }

    public List<Invariant> all() {
        return List.of(
                of("compute: servers have their allocations", this::allocations),
                of("compute: ports of servers are bound to the servers' hosts", this::ports),
                of("compute: volumes of servers are attached", this::volumes),
                of("compute: guests and files on hosts have servers", this::guests),
                of("compute: what is kept aside belongs to servers set aside", this::aside),
                of("compute: quota counts the servers there are", this::quota));
    }

    private static Invariant of(String name, Supplier<List<String>> check) {
        return new Invariant() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public List<String> violations() {
                return check.get();
            }
        };
    }

    private List<String> allocations() {
        var busy = w.flows().busyResources();
        return w.db().read(tx -> {
            var wrong = new ArrayList<String>();
            for (var server : resting(tx, busy)) {
                var has = w.placement().allocation(tx, server.id());
                var want = server.host()
                        .map(h -> Map.of(HostReports.providerOf(h), Wishes.resources(server)))
                        .orElse(Map.of());
                Map<String, Map<String, Long>> found =
                        has.map(a -> a.byProvider()).orElse(Map.of());
                if (!found.equals(want))
                    wrong.add("server " + server.id() + " has the allocation " + found + " and not " + want);
                new MigrationStore(tx).holding(server.id()).ifPresent(m -> {
                    var way = Map.of(HostReports.providerOf(m.sourceHost()), Wishes.resources(server, m.oldShape()));
                    var kept = w.placement().allocation(tx, m.id()).map(a -> a.byProvider());
                    if (!kept.equals(Optional.of(way)))
                        wrong.add("migration " + m.id() + " has the allocation " + kept + " and not " + way);
                });
            }
            return wrong;
        });
    }

    private List<String> ports() {
        var busy = w.flows().busyResources();
        return w.db().read(tx -> {
            var wrong = new ArrayList<String>();
            var servers = resting(tx, busy);
            var ports = w.ports().ofServers(tx, servers.stream().map(Server::id).toList());
            for (var server : servers)
                for (var port : ports.getOrDefault(server.id(), List.of()))
                    if (server.host().isPresent()
                            && !busy.contains(port.id())
                            && !port.host().equals(server.host()))
                        wrong.add("port " + port.id() + " of server " + server.id() + " is bound to "
                                + port.host().orElse("no host") + " and not to "
                                + server.host().get());
            return wrong;
        });
    }

    private List<String> volumes() {
        var busy = w.flows().busyResources();
        return w.db().read(tx -> {
            var wrong = new ArrayList<String>();
            for (var volume : new VolumeStore(tx).all()) {
                if (busy.contains(volume.volumeId()) || busy.contains(volume.serverId())) continue;
                var what = "volume " + volume.volumeId() + " of server " + volume.serverId();
                var server = new ServerStore(tx).find(volume.serverId());
                if (server.isEmpty()) wrong.add(what + " is left of a deleted server");
                else if (server.get().vmState() != VmState.ERROR && volume.state() != VolumeState.ATTACHED)
                    wrong.add(what + " is " + volume.state() + " and nobody works on it");
                if (volume.state() == VolumeState.ATTACHED
                        && w.volumes()
                                .attachment(tx, volume.attachmentId())
                                .filter(a -> a.serverId().equals(volume.serverId()))
                                .isEmpty()) wrong.add(what + " has no attachment " + volume.attachmentId());
            }
            return wrong;
        });
    }

    private List<String> guests() {
        var wrong = new ArrayList<String>();
        var hosts = w.db().read(tx -> w.hosts().all(tx)).stream()
                .filter(ComputeHost::up)
                .map(ComputeHost::host)
                .toList();
        for (var host : hosts) {
            var before = w.flows().busyResources();
            Set<String> there;
            Set<String> running;
            Set<String> kept;
            try {
                var found = w.agents().guests(host);
                there = new HashSet<>(found.states().keySet());
                there.addAll(found.withFiles());
                running = found.states().keySet();
                kept = found.kept();
            } catch (Unavailable e) {
                wrong.add("host " + host + " does not say what it has: " + e.getMessage());
                continue;
            }
            before.addAll(w.flows().busyResources());
            for (var id : there) {
                var owner = w.db().read(tx -> new ServerStore(tx).find(id)).flatMap(Server::host);
                if (!before.contains(id) && !owner.equals(Optional.of(host)))
                    wrong.add("host " + host + " has a guest or files of " + id + ", which "
                            + owner.map(o -> "is on " + o).orElse("is no server on a host"));
            }
            for (var id : kept)
                if (!before.contains(id) && !w.db().read(tx -> keeps(tx, host, id)))
                    wrong.add("host " + host + " keeps disks of " + id + ", which does not go back to them");
            for (var server : w.db().read(tx -> resting(tx, before)))
                if (server.host().equals(Optional.of(host))
                        && VmState.WITH_GUEST.contains(server.vmState())
                        && !running.contains(server.id()))
                    wrong.add("server " + server.id() + " has no guest on " + host);
        }
        return wrong;
    }

    /// @return whether the server may go back to the disks that were put aside on the host
    static boolean keeps(Tx tx, String host, String serverId) {
        return new MigrationStore(tx)
                .holding(serverId)
                .filter(m -> m.sourceHost().equals(host))
                .isPresent();
    }

    private List<String> quota() {
        return w.db().read(tx -> {
            var count = new TreeMap<String, Map<String, Long>>();
            for (var server : new ServerStore(tx).all())
                Charge.of(tx, server)
                        .forEach((resource, n) -> count.computeIfAbsent(server.projectId(), _ -> new HashMap<>())
                                .merge(resource, n, Long::sum));
            var used = w.quotas().allUsage(tx);
            var projects = new HashSet<>(count.keySet());
            projects.addAll(used.keySet());
            var wrong = new ArrayList<String>();
            for (var project : projects)
                for (var resource : COUNTED) {
                    long has = count.getOrDefault(project, Map.of()).getOrDefault(resource, 0L);
                    long says = used.getOrDefault(project, Map.of()).getOrDefault(resource, 0L);
                    if (has != says)
                        wrong.add("project " + project + " is charged " + says + " " + resource + " and has " + has);
                }
            return wrong;
        });
    }

    private List<String> aside() {
        var busy = w.flows().busyResources();
        return w.db().read(tx -> {
            var wrong = new ArrayList<String>();
            var servers = new ServerStore(tx);
            for (var shelved : new ShelfStore(tx).all())
                if (!busy.contains(shelved.serverId())
                        && servers.find(shelved.serverId()).isEmpty())
                    wrong.add("server " + shelved.serverId() + " is gone and still on the shelf");
            for (var id : new RescueStore(tx).servers())
                if (!busy.contains(id) && servers.find(id).isEmpty())
                    wrong.add("server " + id + " is gone and still rescued");
            for (var server : resting(tx, busy)) {
                if (server.vmState() == VmState.SHELVED_OFFLOADED
                        && server.host().isPresent())
                    wrong.add("server " + server.id() + " is offloaded and on "
                            + server.host().get());
                boolean shelved = server.vmState() == VmState.SHELVED || server.vmState() == VmState.SHELVED_OFFLOADED;
                if (shelved && new ShelfStore(tx).find(server.id()).isEmpty())
                    wrong.add("server " + server.id() + " is shelved and not on the shelf");
            }
            return wrong;
        });
    }

    private static List<Server> resting(Tx tx, Set<String> busy) {
        return new ServerStore(tx)
                .all().stream()
                        .filter(s -> s.taskState() == TaskState.NONE && !busy.contains(s.id()))
                        .toList();
    }
}
