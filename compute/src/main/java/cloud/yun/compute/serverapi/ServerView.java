package cloud.yun.compute.serverapi;

import cloud.yun.compute.ComputePolicy;
import cloud.yun.compute.api.Links;
import cloud.yun.compute.server.HostId;
import cloud.yun.compute.server.Server;
import cloud.yun.compute.server.Status;
import cloud.yun.compute.service.ComputeHosts.ComputeHost;
import cloud.yun.compute.volume.ServerVolume;
import cloud.yun.kernel.http.Microversion;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.json.Times;
import cloud.yun.kernel.policy.Policy;
import cloud.yun.network.ServerPorts.Port;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A server as JSON, in every microversion's shape. Made once for each request.
final class ServerView {
    private static final Set<String> WITH_PROGRESS =
            Set.of("ACTIVE", "BUILD", "REBUILD", "RESIZE", "VERIFY_RESIZE", "MIGRATING");
    private static final Set<String> WITH_FAULT = Set.of("ERROR", "DELETED");

    /// What a server's own row does not say.
    ///
    /// @param groups ids of its server groups; empty where the view does not show them
    record Around(
            List<Port> ports, List<ServerVolume> volumes, List<String> tags, Optional<String> group, boolean alone) {}

    private record Seen(String projectId, String host) {}

    /// About as many as a server has.
    private static final int FIELDS = 40;

    private final Microversion version;
    private final String base;
    private final String bookmark;
    private final boolean admin;
    private final boolean attributes;
    private final boolean specs;
    private final boolean hostStatus;
    private final Map<String, ComputeHost> hosts;
    // Many servers of a list share these; a node is written, never changed.
    private final Map<Seen, String> hostIds = new HashMap<>();
    private final Map<Set<String>, ArrayNode> securityGroups = new HashMap<>();
    private final Map<String, ObjectNode> images = new HashMap<>();
    private final Map<String, ObjectNode> flavors = new HashMap<>();

    /// @param hosts by name; only looked at when the caller may see host states
    ServerView(Request request, Policy policy, Map<String, ComputeHost> hosts) {
        this.version = request.microversion();
        this.base = Links.base(request) + "/servers/";
        this.bookmark = request.url();
        var caller = request.caller();
        this.admin = caller.admin();
        this.attributes = policy.allows(caller, ComputePolicy.PREFIX + "os-extended-server-attributes");
        this.specs = policy.allows(caller, ComputePolicy.PREFIX + "servers:show:flavor-extra-specs");
        this.hostStatus = policy.allows(caller, ComputePolicy.PREFIX + "servers:show:host_status");
        this.hosts = hosts;
    }

    ObjectNode brief(String id, String name) {
        var s = Json.object().put("id", id).put("name", name);
        s.set("links", links(id));
        return s;
    }

    ArrayNode links(String id) {
        var links = Json.array();
        links.addObject().put("rel", "self").put("href", base + id);
        links.addObject().put("rel", "bookmark").put("href", bookmark + "/servers/" + id);
        return links;
    }

    String location(String id) {
        return base + id;
    }

    /// @param extended whether the fields of the old extensions are in: always, but for answers to PUT before 2.75
    ObjectNode full(Server server, Around around, boolean extended) {
        var status = Status.of(server.vmState(), server.taskState());
        var s = Json.object(FIELDS)
                .put("id", server.id())
                .put("name", server.name())
                .put("status", status)
                .put("tenant_id", server.projectId())
                .put("user_id", server.userId());
        strings(s.putObject("metadata"), server.metadata());
        s.put("hostId", hostId(server));
        image(s, server);
        flavor(s, server);
        s.put("created", Times.seconds(server.createdAt()));
        s.put("updated", Times.seconds(server.updatedAt()));
        s.set("addresses", Addresses.of(around.ports(), extended));
        s.put("accessIPv4", server.accessV4().orElse(""));
        s.put("accessIPv6", server.accessV6().orElse(""));
        s.set("links", links(server.id()));
        s.put("OS-DCF:diskConfig", server.wanted().diskConfig());
        if (WITH_FAULT.contains(status)) server.fault().ifPresent(f -> fault(s, f));
        if (WITH_PROGRESS.contains(status)) s.put("progress", 0);
        if (extended) extensions(s, server, around);
        microversions(s, server, around);
        return s;
    }

    private void image(ObjectNode s, Server server) {
        if (server.imageId().isEmpty()) {
            s.put("image", "");
            return;
        }
        var id = server.imageId().get();
        if (!version.atLeast(98)) {
            s.set("image", images.computeIfAbsent(id, _ -> linked(id, "/images/")));
            return;
        }
        var image = linked(id, "/images/");
        strings(image.putObject("properties"), server.wanted().imageProperties());
        s.set("image", image);
    }

    private ObjectNode linked(String id, String collection) {
        var linked = Json.object().put("id", id);
        linked.putArray("links").addObject().put("rel", "bookmark").put("href", bookmark + collection + id);
        return linked;
    }

    private void flavor(ObjectNode s, Server server) {
        var f = server.flavor();
        if (!version.atLeast(47)) {
            s.set("flavor", flavors.computeIfAbsent(f.id(), id -> linked(id, "/flavors/")));
            return;
        }
        var flavor = s.putObject("flavor");
        flavor.put("vcpus", f.vcpus())
                .put("ram", f.ramMib())
                .put("disk", f.diskGib())
                .put("ephemeral", f.ephemeralGib())
                .put("swap", f.swapMib())
                .put("original_name", f.name());
        if (specs) strings(flavor.putObject("extra_specs"), f.extraSpecs());
    }

    private void fault(ObjectNode s, Server.Fault fault) {
        var f = s.putObject("fault").put("code", fault.code()).put("created", Times.seconds(fault.created()));
        f.put("message", fault.message());
        if (admin) f.put("details", fault.details());
    }

    private void extensions(ObjectNode s, Server server, Around around) {
        s.put(
                "OS-EXT-AZ:availability_zone",
                server.zone().or(() -> server.wanted().zone()).orElse(""));
        s.put("config_drive", server.configDrive() ? "True" : "");
        s.put("key_name", server.keyName().orElse(null));
        s.put(
                "OS-SRV-USG:launched_at",
                server.launchedAt().map(Times::microsWithoutZone).orElse(null));
        s.put(
                "OS-SRV-USG:terminated_at",
                server.terminatedAt().map(Times::microsWithoutZone).orElse(null));
        securityGroups(s, around);
        if (attributes) attributes(s, server);
        else if (version.atLeast(90)) s.put("OS-EXT-SRV-ATTR:hostname", server.hostname());
        s.put("OS-EXT-STS:task_state", server.taskState().shown().orElse(null));
        s.put("OS-EXT-STS:vm_state", server.vmState().wire());
        s.put("OS-EXT-STS:power_state", server.powerState().number());
        var volumes = s.putArray("os-extended-volumes:volumes_attached");
        for (var v : around.volumes()) {
            var volume = volumes.addObject().put("id", v.volumeId());
            if (version.atLeast(3)) volume.put("delete_on_termination", v.deleteOnTermination());
        }
    }

    private void securityGroups(ObjectNode s, Around around) {
        var names = new LinkedHashSet<String>();
        around.ports().forEach(p -> names.addAll(p.securityGroupNames()));
        if (!names.isEmpty()) s.set("security_groups", securityGroups.computeIfAbsent(names, ServerView::named));
    }

    private static ArrayNode named(Set<String> names) {
        var groups = Json.array();
        names.forEach(n -> groups.addObject().put("name", n));
        return groups;
    }

    private void attributes(ObjectNode s, Server server) {
        var host = server.host().orElse(null);
        s.put("OS-EXT-SRV-ATTR:host", host);
        s.put("OS-EXT-SRV-ATTR:instance_name", server.instanceName());
        var known = host == null ? null : hosts.get(host);
        s.put("OS-EXT-SRV-ATTR:hypervisor_hostname", known == null ? host : known.hypervisorHostname());
        if (!version.atLeast(3)) return;
        s.put("OS-EXT-SRV-ATTR:reservation_id", server.reservationId());
        s.put("OS-EXT-SRV-ATTR:launch_index", server.launchIndex());
        s.put("OS-EXT-SRV-ATTR:hostname", server.hostname());
        s.put("OS-EXT-SRV-ATTR:kernel_id", server.wanted().imageProperties().getOrDefault("kernel_id", ""));
        s.put("OS-EXT-SRV-ATTR:ramdisk_id", server.wanted().imageProperties().getOrDefault("ramdisk_id", ""));
        s.put("OS-EXT-SRV-ATTR:root_device_name", server.wanted().rootDevice());
        s.put("OS-EXT-SRV-ATTR:user_data", server.wanted().userData().orElse(null));
    }

    private void microversions(ObjectNode s, Server server, Around around) {
        if (version.atLeast(16) && hostStatus && (version.atLeast(75) || s.has("OS-EXT-STS:vm_state")))
            s.put("host_status", hostStatus(server));
        if (version.atLeast(9)) s.put("locked", server.locked());
        if (version.atLeast(73)) s.put("locked_reason", server.lockedReason().orElse(null));
        if (version.atLeast(19)) s.put("description", server.description().orElse(null));
        if (version.atLeast(26)) {
            var tags = s.putArray("tags");
            around.tags().forEach(tags::add);
        }
        if (version.atLeast(63)) s.putNull("trusted_image_certificates");
        if (version.atLeast(71) && around.alone()) {
            var groups = s.putArray("server_groups");
            around.group().ifPresent(groups::add);
        }
        if (version.atLeast(96))
            s.put("pinned_availability_zone", server.wanted().zone().orElse(null));
        if (version.atLeast(100))
            s.set("scheduler_hints", Json.storedObject(server.wanted().hints()));
    }

    private String hostStatus(Server server) {
        if (server.host().isEmpty()) return "";
        var host = hosts.get(server.host().get());
        if (host == null) return "UNKNOWN";
        if (host.disabled()) return "MAINTENANCE";
        return host.up() && !host.forcedDown() ? "UP" : "DOWN";
    }

    private static void strings(ObjectNode object, Map<String, String> values) {
        values.forEach(object::put);
    }

    private String hostId(Server server) {
        if (server.host().isEmpty()) return "";
        var host = server.host().get();
        return hostIds.computeIfAbsent(new Seen(server.projectId(), host), _ -> HostId.of(server.projectId(), host));
    }
}
