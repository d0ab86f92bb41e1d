package cloud.yun.network.segment;

import static cloud.yun.network.api.Values.operation;

import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.config.Config.Wrong;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.network.NetworkOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/// Allocates segments by type.
public final class Segments {
    /// @param id VLAN id or VNI
    /// @param mtu in bytes, what is left of the physical network's
    public record Allocated(String type, Optional<String> physicalNetwork, Optional<Integer> id, int mtu) {}

    private record Range(int min, int max) {}

    private static final Set<String> KNOWN = Set.of("local", "flat", "vlan", "vxlan");
    private static final int VXLAN_OVERHEAD = 50;
    private static final int VLAN_MAX = 4094;
    private static final int VNI_MAX = 16_777_215;
    private static final int RANDOM_TRIES = 8;

    private final List<String> drivers;
    private final List<String> tenantTypes;
    private final List<String> flat;
    private final Map<String, List<Range>> vlans = new LinkedHashMap<>();
    private final List<Range> vnis = new ArrayList<>();
    private final int physicalMtu;
    private final int tunnelMtu;

    /// @throws Wrong an option cannot be used
    public Segments(Config config) {
        drivers = config.get(NetworkOptions.TYPE_DRIVERS);
        tenantTypes = config.get(NetworkOptions.TENANT_NETWORK_TYPES);
        for (var type : drivers)
            if (!KNOWN.contains(type))
                throw new Wrong("[ml2] type_drivers: no driver here can make networks of type '" + type + "'");
        for (var type : tenantTypes)
            if (!drivers.contains(type))
                throw new Wrong("[ml2] tenant_network_types: '" + type + "' is not in type_drivers");
        flat = config.get(NetworkOptions.FLAT_NETWORKS);
        for (var text : config.get(NetworkOptions.NETWORK_VLAN_RANGES)) {
            var parts = text.split(":", -1);
            var ranges = vlans.computeIfAbsent(parts[0], _ -> new ArrayList<>());
            if (parts.length == 3) ranges.add(range("network_vlan_ranges", parts[1], parts[2], VLAN_MAX));
            else if (parts.length != 1) throw new Wrong("[ml2_type_vlan] network_vlan_ranges: bad range " + text);
        }
        for (var text : config.get(NetworkOptions.VNI_RANGES)) {
            var parts = text.split(":", -1);
            if (parts.length != 2) throw new Wrong("[ml2_type_vxlan] vni_ranges: bad range " + text);
            vnis.add(range("vni_ranges", parts[0], parts[1], VNI_MAX));
        }
        physicalMtu = config.get(NetworkOptions.GLOBAL_PHYSNET_MTU);
        int path = config.get(NetworkOptions.PATH_MTU);
        tunnelMtu = (path > 0 ? Math.min(path, physicalMtu) : physicalMtu) - VXLAN_OVERHEAD;
    }

    private static Range range(String option, String min, String max, int most) {
        try {
            var range = new Range(Integer.parseInt(min.strip()), Integer.parseInt(max.strip()));
            if (range.min >= 1 && range.max <= most && range.min <= range.max) return range;
        } catch (NumberFormatException e) {
            // told below, as every other bad range
        }
        throw new Wrong(option + ": bad range " + min + ":" + max);
    }

    /// Largest MTU that a network of the type can have.
    public int mtuMax(String type) {
        return type.equals("vxlan") ? tunnelMtu : physicalMtu;
    }

    /// A segment of the first tenant type that has one left.
    ///
    /// @throws Conflict `NoNetworkAvailable`
    public Allocated tenant(Tx tx, String networkId) {
        for (var type : tenantTypes) {
            var found = any(tx, networkId, type, Optional.empty());
            if (found.isPresent()) return found.get();
        }
        throw noneLeft();
    }

    /// The segment that an admin asked for.
    public Allocated provider(
            Tx tx, String networkId, String type, Optional<String> physicalNetwork, Optional<Integer> id) {
        if (!drivers.contains(type)) throw operation("network_type value '" + type + "' not supported.");
        check(type, physicalNetwork, id);
        if (id.isEmpty() && !type.equals("flat"))
            return any(tx, networkId, type, physicalNetwork).orElseThrow(Segments::noneLeft);
        var physical = physicalNetwork.orElse("");
        int number = id.orElse(0);
        if (!take(tx, networkId, type, physical, number)) throw inUse(type, physical, number);
        return new Allocated(type, physicalNetwork, id, mtuMax(type));
    }

    private void check(String type, Optional<String> physicalNetwork, Optional<Integer> id) {
        switch (type) {
            case "local" -> {
                if (physicalNetwork.isPresent())
                    throw operation("provider:physical_network specified for local network");
                if (id.isPresent()) throw operation("provider:segmentation_id specified for local network");
            }
            case "flat" -> {
                if (physicalNetwork.isEmpty()) throw operation("physical_network required for flat provider network.");
                if (!flat.contains("*") && !flat.contains(physicalNetwork.get()))
                    throw operation(
                            "physical_network '" + physicalNetwork.get() + "' unknown for flat provider network.");
                if (id.isPresent()) throw operation("segmentation_id prohibited for flat provider network.");
            }
            case "vlan" -> {
                if (physicalNetwork.isPresent() && !vlans.containsKey(physicalNetwork.get()))
                    throw operation(
                            "physical_network '" + physicalNetwork.get() + "' unknown for VLAN provider network.");
                if (id.isPresent() && (id.get() < 1 || id.get() > VLAN_MAX))
                    throw operation("segmentation_id out of range (1 through " + VLAN_MAX + ").");
                if (id.isPresent() && physicalNetwork.isEmpty())
                    throw operation("segmentation_id requires physical_network for VLAN provider network.");
            }
            default -> {
                if (physicalNetwork.isPresent())
                    throw operation("provider:physical_network specified for " + type + " network");
                if (id.isPresent() && (id.get() < 1 || id.get() > VNI_MAX))
                    throw operation("segmentation_id out of range (1 through " + VNI_MAX + ").");
            }
        }
    }

    private Optional<Allocated> any(Tx tx, String networkId, String type, Optional<String> physicalNetwork) {
        switch (type) {
            case "local":
                return Optional.of(new Allocated("local", Optional.empty(), Optional.empty(), physicalMtu));
            case "vxlan":
                return free(tx, networkId, type, "", vnis)
                        .map(id -> new Allocated(type, Optional.empty(), Optional.of(id), tunnelMtu));
            case "vlan":
                for (var entry : vlans.entrySet()) {
                    if (physicalNetwork.isPresent() && !physicalNetwork.get().equals(entry.getKey())) continue;
                    var id = free(tx, networkId, type, entry.getKey(), entry.getValue());
                    if (id.isPresent())
                        return Optional.of(new Allocated(type, Optional.of(entry.getKey()), id, physicalMtu));
                }
                return Optional.empty();
            default: // flat: only admins choose a physical network
                return Optional.empty();
        }
    }

    /// A few random tries, and then the first free one: cheap as long as the ranges are not nearly full.
    private static Optional<Integer> free(Tx tx, String networkId, String type, String physical, List<Range> ranges) {
        if (ranges.isEmpty()) return Optional.empty();
        var random = ThreadLocalRandom.current();
        for (int i = 0; i < RANDOM_TRIES; i++) {
            var range = ranges.get(random.nextInt(ranges.size()));
            int id = random.nextInt(range.min, range.max + 1);
            if (take(tx, networkId, type, physical, id)) return Optional.of(id);
        }
        var used = new SegmentStore(tx).used(type, physical);
        for (var range : ranges)
            for (int id = range.min; id <= range.max; id++)
                if (!used.contains(id) && take(tx, networkId, type, physical, id)) return Optional.of(id);
        return Optional.empty();
    }

    private static boolean take(Tx tx, String networkId, String type, String physical, int id) {
        return new SegmentStore(tx).take(networkId, type, physical, id);
    }

    private static Conflict inUse(String type, String physical, int id) {
        return switch (type) {
            case "vlan" ->
                new Conflict(
                        "Unable to create the network. The VLAN " + id + " on physical network " + physical
                                + " is in use.",
                        "VlanIdInUse");
            case "flat" ->
                new Conflict(
                        "Unable to create the flat network. Physical network " + physical + " is in use.",
                        "FlatNetworkInUse");
            default ->
                new Conflict("Unable to create the network. The tunnel ID " + id + " is in use.", "TunnelIdInUse");
        };
    }

    private static Conflict noneLeft() {
        return new Conflict(
                "Unable to create the network. No tenant network is available for allocation.", "NoNetworkAvailable");
    }
}
