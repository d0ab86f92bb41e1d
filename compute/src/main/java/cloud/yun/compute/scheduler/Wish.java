package cloud.yun.compute.scheduler;

import cloud.yun.compute.servergroup.ServerGroups.ServerGroup;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What a server needs of its host.
///
/// @param resources placement's classes, for example `VCPU`
/// @param forcedHost the only host to look at; other filters do not apply
/// @param requestedHost the only host, filtered like any other
/// @param excluded hosts on which a build failed already
/// @param sameHost servers of which one must be on the host; empty: no wish
/// @param differentHost servers of which none may be on the host
/// @param extraSpecs of the flavor
public record Wish(
        String serverId,
        Map<String, Long> resources,
        Optional<String> zone,
        Optional<String> forcedHost,
        Optional<String> requestedHost,
        Optional<String> requestedNode,
        Set<String> excluded,
        List<String> sameHost,
        List<String> differentHost,
        Optional<ServerGroup> group,
        Map<String, String> extraSpecs) {}
