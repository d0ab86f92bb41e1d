package cloud.yun.compute.serverapi;

import cloud.yun.compute.ComputePolicy;
import cloud.yun.compute.api.Page;
import cloud.yun.compute.api.QueryTimes;
import cloud.yun.compute.driver.HypervisorDriver.PowerState;
import cloud.yun.compute.server.Server;
import cloud.yun.compute.server.ServerListStore;
import cloud.yun.compute.server.Status;
import cloud.yun.compute.server.TaskState;
import cloud.yun.compute.server.VmState;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.policy.Policy;
import cloud.yun.network.ServerPorts;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// The query of a list of servers.
///
/// @see <a href="https://docs.openstack.org/api-ref/compute/#list-servers">GET /servers</a>
final class ServerQuery {
    private static final List<String> SORT_KEYS = List.of(
            "access_ip_v4",
            "access_ip_v6",
            "auto_disk_config",
            "availability_zone",
            "config_drive",
            "created_at",
            "display_description",
            "display_name",
            "host",
            "hostname",
            "image_ref",
            "instance_type_id",
            "kernel_id",
            "key_name",
            "launch_index",
            "launched_at",
            "locked_by",
            "node",
            "power_state",
            "progress",
            "project_id",
            "ramdisk_id",
            "root_device_name",
            "task_state",
            "terminated_at",
            "updated_at",
            "user_id",
            "uuid",
            "vm_state",
            "architecture",
            "cell_name",
            "cleaned",
            "default_ephemeral_device",
            "default_swap_device",
            "deleted",
            "deleted_at",
            "disable_terminate",
            "ephemeral_gb",
            "ephemeral_key_uuid",
            "id",
            "key_data",
            "launched_on",
            "locked",
            "memory_mb",
            "os_type",
            "reservation_id",
            "root_gb",
            "shutdown_terminate",
            "user_data",
            "vcpus",
            "vm_mode");
    private static final Set<String> EVERYBODY =
            Set.of("reservation_id", "name", "status", "image", "flavor", "ip", "changes-since", "all_tenants");
    private static final Set<String> EVERYBODY_SINCE_2_83 = Set.of(
            "availability_zone",
            "config_drive",
            "key_name",
            "created_at",
            "launched_at",
            "terminated_at",
            "power_state",
            "task_state",
            "vm_state",
            "progress",
            "user_id");
    private static final Set<String> KNOWN = Set.of(
            "user_id",
            "project_id",
            "tenant_id",
            "launch_index",
            "image_ref",
            "image",
            "kernel_id",
            "ramdisk_id",
            "hostname",
            "key_name",
            "instance_type_id",
            "name",
            "display_name",
            "flavor",
            "display_description",
            "description",
            "status",
            "vm_state",
            "task_state",
            "power_state",
            "host",
            "node",
            "availability_zone",
            "config_drive",
            "created_at",
            "launched_at",
            "terminated_at",
            "updated_at",
            "locked_by",
            "locked",
            "access_ip_v4",
            "access_ip_v6",
            "uuid",
            "root_device_name",
            "progress",
            "deleted",
            "reservation_id",
            "changes-since",
            "changes-before",
            "ip",
            "ip6",
            "not-tags",
            "not-tags-any",
            "tags",
            "tags-any",
            "limit",
            "marker",
            "sort_key",
            "sort_dir",
            "all_tenants",
            "soft_deleted",
            "auto_disk_config",
            "disable_terminate",
            "ephemeral_gb");
    private static final Set<String> TRUE = Set.of("1", "t", "true", "on", "y", "yes");

    private final Request request;
    private final Caller caller;
    private final ServerPorts ports;
    private final boolean everyFilter;
    private final boolean allProjects;
    private final Page page;

    /// @param rule `servers:index` or `servers:detail`
    /// @throws Invalid in Nova's words
    ServerQuery(Request request, Policy policy, ServerPorts ports, String rule) {
        this.request = request;
        this.caller = request.caller();
        this.ports = ports;
        this.page = Page.of(request);
        Page.sortable(request, SORT_KEYS);
        if (request.microversion().atLeast(75))
            for (var name : request.query().keySet())
                if (!KNOWN.contains(name) && !name.startsWith("_"))
                    throw new Invalid("'" + name + "' does not match any of the regexes: '^_'");
        this.everyFilter = policy.allows(caller, ComputePolicy.PREFIX + "servers:allow_all_filters");
        this.allProjects = request.query("all_tenants").isPresent()
                && truth(request.query("all_tenants").get(), "all_tenants");
        if (allProjects) policy.require(caller, ComputePolicy.PREFIX + rule + ":get_all_tenants");
    }

    Page page() {
        return page;
    }

    /// @throws Invalid the marker is not there, or a filter makes no sense
    List<Server> list(Tx tx) {
        var list = ServerListStore.of(tx);
        project(list);
        boolean since = time("changes-since").isPresent();
        time("changes-since").ifPresent(list::changedSince);
        var before = request.microversion().atLeast(66) ? time("changes-before") : Optional.<Instant>empty();
        if (since && before.isPresent() && time("changes-since").get().isAfter(before.get()))
            throw new Invalid("The value of changes-since must be less than or equal to changes-before.");
        before.ifPresent(list::changedBefore);
        var deleted = text("deleted").map(d -> truth(d, "deleted")).orElse(false);
        if ((!since && before.isEmpty()) || deleted) list.deleted(deleted && everyFilter);
        if (!states(list)) return List.of();
        if (!constants()) return List.of();
        columns(list);
        tags(list);
        addresses(tx, list);
        return list.page(sorts(), page.marker(), page.limit())
                .orElseThrow(() -> new Invalid("marker [" + page.marker().orElse("") + "] not found"));
    }

    private void project(ServerListStore list) {
        var asked = text("tenant_id").or(() -> text("project_id"));
        if (allProjects) asked.ifPresent(p -> list.equal("project_id", p));
        else list.equal("project_id", caller.projectId());
    }

    /// @return false when no server can be in the states asked for
    private boolean states(ServerListStore list) {
        var statuses = request.queryAll("status");
        if (!statuses.isEmpty()) {
            var vm = EnumSet.noneOf(VmState.class);
            var tasks = EnumSet.noneOf(TaskState.class);
            boolean anyTask = false;
            for (var status : statuses) {
                var wanted = Status.wanted(status);
                if (wanted.isEmpty()) continue;
                vm.addAll(wanted.get().states());
                tasks.addAll(wanted.get().tasks());
                anyTask |= wanted.get().tasks().isEmpty();
            }
            if (vm.isEmpty()) return false;
            if (vm.contains(VmState.DELETED) && !everyFilter)
                throw new cloud.yun.kernel.error.CloudException.Forbidden(
                        "Only administrators may list deleted instances");
            list.in("vm_state", names(vm));
            if (!anyTask && !tasks.isEmpty()) list.in("task_state", names(tasks));
        }
        text("vm_state").ifPresent(v -> list.equal("vm_state", v.toUpperCase(java.util.Locale.ROOT)));
        text("task_state")
                .ifPresent(t -> list.in(
                        "task_state",
                        names(Stream.of(TaskState.values())
                                .filter(s -> s.wire().equals(t))
                                .toList())));
        text("power_state")
                .ifPresent(p -> list.in(
                        "power_state",
                        names(Stream.of(PowerState.values())
                                .filter(s -> String.valueOf(s.number()).equals(p))
                                .toList())));
        return true;
    }

    private static List<String> names(java.util.Collection<? extends Enum<?>> values) {
        return values.stream().<String>map(Enum::name).toList();
    }

    /// What is the same for every server here: there are no images of kernels, and nothing counts a server's progress.
    ///
    /// @return false when another value was asked for
    private boolean constants() {
        return is("kernel_id", "") && is("ramdisk_id", "") && is("progress", "0") && is("root_device_name", "/dev/vda");
    }

    private boolean is(String name, String value) {
        return text(name).filter(v -> !v.equals(value)).isEmpty();
    }

    private void columns(ServerListStore list) {
        text("name").or(() -> text("display_name")).ifPresent(n -> list.matching("name", n));
        text("description").or(() -> text("display_description")).ifPresent(n -> list.matching("description", n));
        text("hostname").ifPresent(n -> list.matching("hostname", n));
        text("image").or(() -> text("image_ref")).ifPresent(i -> list.equal("image_id", last(i)));
        text("flavor").ifPresent(f -> list.equal("flavor_id", last(f)));
        for (var column : List.of("created_at", "launched_at", "terminated_at", "updated_at"))
            if (text(column).isPresent()) list.inSecond(column, time(column).orElseThrow());
        for (var column : List.of("reservation_id", "user_id", "host", "key_name"))
            text(column).ifPresent(v -> list.equal(column, v));
        text("node").ifPresent(v -> list.equal("host", v));
        text("uuid").ifPresent(v -> list.equal("id", v));
        text("availability_zone").ifPresent(v -> list.equal("zone", v));
        text("access_ip_v4").ifPresent(v -> list.equal("access_v4", v));
        text("access_ip_v6").ifPresent(v -> list.equal("access_v6", v));
        text("locked_by").ifPresent(v -> list.equal("locked_by", v));
        text("launch_index").ifPresent(v -> list.equal("launch_index", number(v, "launch_index")));
        text("auto_disk_config").ifPresent(v -> list.autoDiskConfig(truth(v, "auto_disk_config")));
        text("config_drive")
                .ifPresent(v -> list.equal("config_drive", TRUE.contains(v.toLowerCase(java.util.Locale.ROOT))));
        if (request.microversion().atLeast(73)) request.query("locked").ifPresent(v -> list.locked(truth(v, "locked")));
    }

    private static String last(String reference) {
        return reference.substring(reference.lastIndexOf('/') + 1);
    }

    private void tags(ServerListStore list) {
        if (!request.microversion().atLeast(26)) return;
        tagSet("tags").ifPresent(t -> list.tags(t, true, false));
        tagSet("tags-any").ifPresent(t -> list.tags(t, false, false));
        tagSet("not-tags").ifPresent(t -> list.tags(t, true, true));
        tagSet("not-tags-any").ifPresent(t -> list.tags(t, false, true));
    }

    private Optional<Set<String>> tagSet(String name) {
        return request.query(name).map(t -> new LinkedHashSet<>(List.of(t.split(",", -1))));
    }

    private void addresses(Tx tx, ServerListStore list) {
        for (var name : List.of("ip", "ip6")) {
            var text = request.query(name);
            if (text.isEmpty()
                    || (name.equals("ip6")
                            && !everyFilter
                            && !request.microversion().atLeast(5))) continue;
            list.in("id", ports.serversByAddress(tx, text.get()));
        }
    }

    private List<Map.Entry<String, Boolean>> sorts() {
        var keys = request.queryAll("sort_key");
        var directions = request.queryAll("sort_dir");
        if (keys.isEmpty()) return List.of(Map.entry("created_at", directions.contains("asc")), Map.entry("id", false));
        var all = new ArrayList<Map.Entry<String, Boolean>>();
        for (int i = 0; i < keys.size(); i++) {
            var direction =
                    i < directions.size() ? directions.get(i) : directions.isEmpty() ? "desc" : directions.getLast();
            all.add(Map.entry(keys.get(i), direction.equals("asc")));
        }
        return all;
    }

    /// A filter's value, unless it is one that the caller may not use: those are passed over in silence.
    private Optional<String> text(String name) {
        boolean allowed = everyFilter
                || EVERYBODY.contains(name)
                || (request.microversion().atLeast(83) && EVERYBODY_SINCE_2_83.contains(name));
        return allowed ? request.query(name) : Optional.empty();
    }

    private Optional<Instant> time(String name) {
        return QueryTimes.of(request, name);
    }

    private static int number(String text, String name) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new Invalid("Invalid input for query parameters " + name + ". Value: " + text + ". '" + text
                    + "' is not an integer");
        }
    }

    private static boolean truth(String text, String name) {
        var lower = text.toLowerCase(java.util.Locale.ROOT);
        if (TRUE.contains(lower) || lower.isEmpty()) return true;
        if (Set.of("0", "f", "false", "off", "n", "no").contains(lower)) return false;
        throw new Invalid("Invalid input for query parameters " + name + ". Value: " + text + ". Unrecognized value '"
                + text + "', acceptable values are: '0', '1', 'f', 'false', 'n', 'no', 'off', 'on', 't', 'true', 'y',"
                + " 'yes'");
    }
}
