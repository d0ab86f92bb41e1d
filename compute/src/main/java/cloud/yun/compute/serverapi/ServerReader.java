package cloud.yun.compute.serverapi;

import cloud.yun.compute.server.Server;
import cloud.yun.compute.server.TagStore;
import cloud.yun.compute.serverapi.ServerView.Around;
import cloud.yun.compute.servergroup.ServerGroups;
import cloud.yun.compute.service.ComputeHosts;
import cloud.yun.compute.service.ComputeHosts.ComputeHost;
import cloud.yun.compute.volume.VolumeStore;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.http.Microversion;
import cloud.yun.kernel.http.Request;
import cloud.yun.network.ServerPorts;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Gathers what a view shows around its servers: one query for each kind, however many servers there are.
final class ServerReader {
    private static final int TAGS_SINCE = 26;
    private static final int GROUPS_SINCE = 71;

    private final ServerPorts ports;
    private final ServerGroups groups;
    private final ComputeHosts hosts;

    ServerReader(ServerPorts ports, ServerGroups groups, ComputeHosts hosts) {
        this.ports = ports;
        this.groups = groups;
        this.hosts = hosts;
    }

    Map<String, Around> around(Tx tx, List<Server> servers, Microversion version) {
        var ids = servers.stream().map(Server::id).toList();
        var portsOf = ports.ofServers(tx, ids);
        var volumesOf = new VolumeStore(tx).of(ids);
        var tagsOf = version.atLeast(TAGS_SINCE) ? new TagStore(tx).of(ids) : Map.<String, List<String>>of();
        var all = new LinkedHashMap<String, Around>();
        for (var id : ids)
            all.put(
                    id,
                    new Around(
                            portsOf.getOrDefault(id, List.of()),
                            volumesOf.getOrDefault(id, List.of()),
                            tagsOf.getOrDefault(id, List.of()),
                            Optional.empty(),
                            false));
        return all;
    }

    Around around(Tx tx, Server server, Microversion version) {
        var id = server.id();
        return new Around(
                ports.ofServer(tx, id),
                new VolumeStore(tx).of(id),
                version.atLeast(TAGS_SINCE) ? new TagStore(tx).of(id) : List.of(),
                version.atLeast(GROUPS_SINCE)
                        ? Optional.ofNullable(groups.ofServers(tx, List.of(id)).get(id))
                        : Optional.empty(),
                true);
    }

    /// Only admins see which hosts there are.
    Map<String, ComputeHost> hosts(Tx tx, Request request) {
        if (!request.caller().admin()) return Map.of();
        var all = new LinkedHashMap<String, ComputeHost>();
        hosts.all(tx).forEach(h -> all.put(h.host(), h));
        return all;
    }
}
