package cloud.yun.compute.serverapi;

import cloud.yun.blockstorage.ServerVolumes;
import cloud.yun.compute.flavor.Flavors;
import cloud.yun.compute.flavor.Flavors.Flavor;
import cloud.yun.compute.keypair.Keypairs;
import cloud.yun.compute.service.ComputeHosts;
import cloud.yun.image.Images;
import cloud.yun.image.Images.Image;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Invalid;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a create request means: its references looked up and checked against each other.
final class Drafts {
    private static final long GIB = 1L << 30;
    private static final String MAPPING = "block_device_mapping";
    private static final String INVALID = "Block Device Mapping is Invalid: ";

    /// @param imageId of a root disk on the host; empty when the server boots from a volume
    /// @param imageProperties of the image, or of the image that the boot volume was made from
    /// @param zone availability zone the user named
    /// @param forcedHost from `zone:host`
    record Draft(
            Flavor flavor,
            Optional<String> imageId,
            Map<String, String> imageProperties,
            Optional<Keypairs.Keypair> keypair,
            Optional<String> zone,
            Optional<String> forcedHost,
            int ephemeralGib,
            int swapMib,
            List<VolumeDraft> volumes) {
        Draft with(Map<String, String> properties) {
            return new Draft(flavor, imageId, properties, keypair, zone, forcedHost, ephemeralGib, swapMib, volumes);
        }
    }

    /// @param existing a volume that is there; else a new one is made
    /// @param device what the user asked for, if anything
    record VolumeDraft(
            Optional<String> existing,
            int sizeGib,
            Optional<String> imageId,
            Optional<String> snapshotId,
            Optional<String> type,
            int bootIndex,
            boolean deleteOnTermination,
            Optional<String> tag,
            Optional<String> device) {}

    private final Images images;
    private final ServerVolumes volumes;
    private final Flavors flavors;
    private final Keypairs keypairs;
    private final ComputeHosts hosts;

    Drafts(Images images, ServerVolumes volumes, Flavors flavors, Keypairs keypairs, ComputeHosts hosts) {
        this.images = images;
        this.volumes = volumes;
        this.flavors = flavors;
        this.keypairs = keypairs;
        this.hosts = hosts;
    }

    /// @param maxDevices `[DEFAULT] max_local_block_devices`
    /// @throws Invalid something it refers to is not there or does not fit, in Nova's words
    Draft of(Tx tx, Caller caller, CreateRequest r, int maxDevices) {
        var mapped = r.imageRef()
                .flatMap(id -> images.find(tx, caller, id))
                .filter(i -> i.properties().containsKey(MAPPING));
        if (mapped.isEmpty()) return draft(tx, caller, r, maxDevices);
        var draft = draft(tx, caller, r.on(devices(mapped.get(), r)), maxDevices);
        var properties = new LinkedHashMap<>(mapped.get().properties());
        properties.keySet().removeAll(List.of(MAPPING, "bdm_v2", "root_device_name"));
        return draft.with(properties);
    }

    /// What the image says, but where the request says something about the same disk.
    private static List<BlockDevice> devices(Image image, CreateRequest r) {
        var all = new ArrayList<>(r.devices());
        for (var device : BlockDevice.ofImage(image.properties().getOrDefault(MAPPING, "[]"))) {
            boolean said = r.devices().stream()
                    .anyMatch(d -> (device.bootIndex() >= 0 && d.bootIndex() == device.bootIndex())
                            || (d.device().isPresent() && d.device().equals(device.device())));
            if (!said) all.add(device);
        }
        return all;
    }

    private Draft draft(Tx tx, Caller caller, CreateRequest r, int maxDevices) {
        var flavor = flavors.find(tx, caller, r.flavorRef())
                .filter(f -> !f.disabled())
                .orElseThrow(() -> new Invalid("Flavor " + r.flavorRef() + " could not be found."));
        var root = r.devices().stream().filter(d -> d.bootIndex() == 0).toList();
        if (root.size() > 1 || (root.size() == 1 && contradicts(root.getFirst(), r)))
            throw new Invalid(INVALID + "Boot sequence for the instance and image/block device mapping combination is"
                    + " not valid.");
        if (r.imageRef().isEmpty() && root.isEmpty())
            throw new Invalid(
                    r.devices().isEmpty()
                            ? "Missing imageRef attribute"
                            : INVALID + "Boot sequence for the instance and image/block device mapping combination is"
                                    + " not valid.");
        boolean fromVolume = !root.isEmpty() && root.getFirst().volume();
        var image = r.imageRef()
                .or(() -> root.stream()
                        .filter(d -> d.source().equals("image"))
                        .flatMap(d -> d.id().stream())
                        .findFirst())
                .map(id -> image(tx, caller, id, flavor, !fromVolume));
        var keypair = r.keyName()
                .map(k -> keypairs.find(tx, caller.userId(), k)
                        .orElseThrow(() -> new Invalid("Invalid key_name provided.")));
        var drafts = new ArrayList<VolumeDraft>();
        for (var device : r.devices()) if (device.volume()) drafts.add(volume(tx, caller, device, r));
        limit(r, maxDevices, fromVolume);
        var properties = fromVolume && image.isEmpty()
                ? volumeImage(tx, caller, root.getFirst())
                : image.map(Image::properties).orElse(Map.of());
        var zone = zone(tx, r.zone());
        return new Draft(
                flavor,
                fromVolume ? Optional.empty() : image.map(Image::id),
                properties,
                keypair,
                zone.map(z -> z[0]).filter(z -> !z.isEmpty()),
                zone.map(z -> z[1]).filter(h -> !h.isEmpty()),
                ephemeral(r, flavor),
                swap(r, flavor),
                drafts);
    }

    /// A volume that is named as the root disk is it, also beside an image.
    private static boolean contradicts(BlockDevice root, CreateRequest r) {
        return r.imageRef().isPresent() && !root.volume() && !sameImage(root, r);
    }

    private static boolean sameImage(BlockDevice root, CreateRequest r) {
        return root.source().equals("image") && root.id().equals(r.imageRef());
    }

    private Image image(Tx tx, Caller caller, String id, Flavor flavor, boolean local) {
        var image = images.find(tx, caller, id).orElseThrow(() -> new Invalid("Can not find requested image"));
        if (!image.status().equals("active")) throw new Invalid("Image " + id + " is not active.");
        requireFit(image, flavor, local);
        return image;
    }

    /// @param local whether the root disk is on the host
    /// @throws Invalid the image needs more memory or disk than the flavor has
    static void requireFit(Image image, Flavor flavor, boolean local) {
        if (flavor.ramMib() < image.minRamMib()) throw new Invalid("Flavor's memory is too small for requested image.");
        if (!local || flavor.diskGib() == 0) return;
        long has = flavor.diskGib() * GIB;
        if (has < image.sizeBytes())
            throw new Invalid("Flavor's disk is too small for requested image. Flavor disk is " + has
                    + " bytes, image is " + image.sizeBytes() + " bytes.");
        if (has < image.minDiskGib() * GIB)
            throw new Invalid("Flavor's disk is smaller than the minimum size specified in image metadata. Flavor"
                    + " disk is " + has + " bytes, minimum size is " + image.minDiskGib() * GIB + " bytes.");
    }

    private VolumeDraft volume(Tx tx, Caller caller, BlockDevice d, CreateRequest r) {
        return switch (d.source()) {
            case "volume" -> {
                if (r.maxCount() > 1) throw new Invalid("Cannot attach one or more volumes to multiple instances");
                var id = d.id().orElseThrow();
                var volume = volumes.find(tx, caller, id)
                        .orElseThrow(() -> new Invalid(INVALID + "failed to get volume " + id + "."));
                if (d.bootIndex() == 0 && !volume.bootable())
                    throw new Invalid("Block Device " + id + " is not bootable.");
                if (!volume.status().equals("available")
                        && !(volume.multiattach() && volume.status().equals("in-use")))
                    throw new Invalid(INVALID + "failed to get volume " + id + ".");
                yield draft(d, Optional.of(id), volume.sizeGib(), Optional.empty(), Optional.empty());
            }
            case "snapshot" -> {
                var id = d.id().orElseThrow();
                int size = volumes.snapshotSizeGib(tx, caller, id)
                        .orElseThrow(() -> new Invalid(INVALID + "failed to get snapshot " + id + "."));
                if (d.bootIndex() == 0 && !volumes.snapshotBootable(tx, caller, id))
                    throw new Invalid("Block Device " + id + " is not bootable.");
                yield draft(d, Optional.empty(), d.sizeGib().orElse(size), Optional.empty(), Optional.of(id));
            }
            case "image" -> {
                var id = d.id().orElseThrow();
                var image = images.find(tx, caller, id)
                        .orElseThrow(() -> new Invalid(INVALID + "failed to get image " + id + "."));
                int size = d.sizeGib()
                        .orElseThrow(() -> new Invalid(INVALID
                                + "Images with destination_type 'volume' need to have a non-zero size" + " specified"));
                if (size < image.minDiskGib())
                    throw new Invalid("Volume is smaller than the minimum size specified in image metadata. Volume"
                            + " size is " + size * GIB + " bytes, minimum size is " + image.minDiskGib() * GIB
                            + " bytes.");
                yield draft(d, Optional.empty(), size, Optional.of(id), Optional.empty());
            }
            default -> {
                int size = d.sizeGib()
                        .orElseThrow(() -> new Invalid(INVALID
                                + "Blank volumes (source: 'blank', dest: 'volume') need to have non-zero" + " size"));
                yield draft(d, Optional.empty(), size, Optional.empty(), Optional.empty());
            }
        };
    }

    private static VolumeDraft draft(
            BlockDevice d, Optional<String> existing, int size, Optional<String> image, Optional<String> snapshot) {
        return new VolumeDraft(
                existing,
                size,
                image,
                snapshot,
                d.volumeType(),
                d.bootIndex(),
                d.deleteOnTermination(),
                d.tag(),
                d.device());
    }

    private Map<String, String> volumeImage(Tx tx, Caller caller, BlockDevice root) {
        if (!root.source().equals("volume")) return Map.of();
        return volumes.find(tx, caller, root.id().orElseThrow())
                .map(v -> (Map<String, String>) new LinkedHashMap<>(v.imageMetadata()))
                .orElse(Map.of());
    }

    private static void limit(CreateRequest r, int maxDevices, boolean fromVolume) {
        if (maxDevices < 0) return;
        long local = r.devices().stream().filter(d -> !d.volume()).count();
        boolean image = !fromVolume && r.devices().stream().noneMatch(d -> d.bootIndex() == 0);
        if (local + (image ? 1 : 0) > maxDevices)
            throw new Invalid(INVALID + "You specified more local devices than the limit allows");
    }

    private static int ephemeral(CreateRequest r, Flavor flavor) {
        int asked = r.devices().stream()
                .filter(d -> d.source().equals("blank") && !d.volume() && !d.swap())
                .mapToInt(d -> d.sizeGib().orElse(flavor.ephemeralGib()))
                .sum();
        if (asked > flavor.ephemeralGib())
            throw new Invalid(INVALID + "Ephemeral disks requested are larger than the instance type allows. If no size"
                    + " is given in one block device mapping, flavor ephemeral size will be used.");
        return asked == 0 ? flavor.ephemeralGib() : asked;
    }

    private static int swap(CreateRequest r, Flavor flavor) {
        var asked = r.devices().stream().filter(BlockDevice::swap).toList();
        if (asked.size() > 1) throw new Invalid(INVALID + "More than one swap drive requested.");
        if (asked.isEmpty()) return flavor.swapMib();
        int size = asked.getFirst().sizeGib().orElse(flavor.swapMib());
        if (size > flavor.swapMib())
            throw new Invalid(INVALID + "Swap drive requested is larger than instance type allows.");
        return size;
    }

    /// @return zone and host of `zone:host`, either empty
    private Optional<String[]> zone(Tx tx, Optional<String> asked) {
        if (asked.isEmpty()) return Optional.empty();
        var parts = asked.get().split(":", -1);
        if (parts.length > 3) throw new Invalid("Unable to parse availability_zone");
        var zone = parts[0];
        var host = parts.length > 1 ? parts[1] : "";
        if (!zone.isEmpty() && !hosts.zoneExists(tx, zone))
            throw new Invalid("The requested availability zone is not available");
        if (!host.isEmpty() && hosts.find(tx, host).isEmpty())
            throw new Invalid("Compute host " + host + " could not be found.");
        return Optional.of(new String[] {zone, host});
    }
}
