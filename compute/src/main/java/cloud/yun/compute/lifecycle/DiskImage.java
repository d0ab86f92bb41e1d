package cloud.yun.compute.lifecycle;

import cloud.yun.compute.driver.HypervisorDriver.Quiesce;
import cloud.yun.compute.server.Server;
import cloud.yun.compute.server.ServerStore;
import cloud.yun.compute.server.TaskState;
import cloud.yun.compute.server.VmState;
import cloud.yun.image.Images;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.error.CloudException.Refused;
import cloud.yun.kernel.error.CloudException.Unavailable;
import cloud.yun.kernel.flow.Flow;
import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// A server's root disk on its way into an image: what createImage, createBackup and shelve have in common.
final class DiskImage {
    /// What a flow that makes an image knows.
    interface Making {
        String serverId();

        String requestId();

        String imageId();

        default Work work() {
            return new Work(serverId(), requestId());
        }
    }

    /// Nova's `non_inheritable_image_properties`, and what describes the boot volumes of another server.
    private static final Set<String> NOT_INHERITED = Set.of(
            "cache_in_nova",
            "bittorrent",
            "img_signature_hash_method",
            "img_signature",
            "img_signature_key_type",
            "img_signature_certificate_uuid",
            "block_device_mapping",
            "bdm_v2",
            "mappings",
            "backup_type",
            "instance_owner");
    private static final Set<String> YES = Set.of("1", "t", "true", "on", "y", "yes");

    private final Wiring w;
    private final OnHost onHost;

    DiskImage(Wiring wiring) {
        this.w = wiring;
        this.onHost = new OnHost(wiring);
    }

    /// Writes down the image that the flow fills, with what Nova says about a snapshot.
    ///
    /// @param type `snapshot` or `backup`
    /// @param more wins over everything else
    void create(
            Tx tx, Caller caller, Server server, String imageId, String name, String type, Map<String, String> more) {
        var base = server.imageId().flatMap(id -> w.images().find(tx, Owner.of(server, ""), id));
        w.images()
                .create(
                        tx,
                        caller,
                        new Images.Draft(
                                imageId,
                                name,
                                "private",
                                base.map(Images.Image::diskFormat)
                                        .filter(f -> !f.isEmpty())
                                        .orElse("raw"),
                                base.map(Images.Image::containerFormat)
                                        .filter(f -> !f.isEmpty())
                                        .orElse("bare"),
                                server.bootsFromVolume()
                                        ? 0
                                        : Math.max(
                                                server.flavor().diskGib(),
                                                base.map(Images.Image::minDiskGib)
                                                        .orElse(0)),
                                base.map(Images.Image::minRamMib).orElse(0),
                                properties(caller, server, type, more)));
    }

    static Map<String, String> properties(Caller caller, Server server, String type, Map<String, String> more) {
        var all = new LinkedHashMap<>(server.wanted().imageProperties());
        all.keySet().removeAll(NOT_INHERITED);
        all.put("base_image_ref", server.imageId().orElse(""));
        all.put("instance_uuid", server.id());
        all.put("user_id", caller.userId());
        all.put("owner_id", server.projectId());
        all.put("image_type", type);
        all.put("image_state", "available");
        all.put("image_location", "snapshot");
        all.put(
                "boot_roles",
                caller.roles().stream()
                        .map(Caller.Role::name)
                        .filter(r -> !r.isEmpty())
                        .sorted()
                        .collect(Collectors.joining(",")));
        caller.user().map(Caller.User::name).filter(n -> !n.isEmpty()).ifPresent(n -> all.put("owner_user_name", n));
        caller.project()
                .map(Caller.Project::name)
                .filter(n -> !n.isEmpty())
                .ifPresent(n -> all.put("owner_project_name", n));
        all.putAll(more);
        return all;
    }

    /// The request wrote the image down: whatever fails from here on, it goes.
    <P extends Record & Making> Flow.Builder<P> first(Flow.Builder<P> flow) {
        return flow.task("make-image", _ -> {}, (p, _) -> dropImage(p));
    }

    /// The steps from the disk to the image, after [#first]. They leave, when they are turned back, no image and no
    /// copy.
    <P extends Record & Making> Flow.Builder<P> steps(Flow.Builder<P> flow) {
        return flow.record("mark-pending", (tx, p) -> goOn(tx, p, TaskState.Event.TO_PENDING_UPLOAD), (_, _, _) -> {})
                .task("copy-disk", this::copy, (p, _) -> deleteCopy(p))
                .record("mark-uploading", (tx, p) -> goOn(tx, p, TaskState.Event.TO_UPLOADING), (_, _, _) -> {})
                .task("upload-image", this::upload, (_, _) -> {})
                .forward("delete-copy", this::deleteCopy);
    }

    private boolean wanted(Making p) {
        return !p.imageId().isEmpty();
    }

    private void dropImage(Making p) {
        if (wanted(p)) w.images().delete(p.imageId());
    }

    /// @throws Conflict a delete waits: turn back
    private void goOn(Tx tx, Making p, TaskState.Event event) {
        if (!wanted(p)) return;
        var store = new ServerStore(tx);
        var server = store.lock(p.serverId());
        if (server.taskState() == TaskState.DELETING)
            throw new Conflict("Instance " + p.serverId() + " is being deleted.");
        // It is there already, or somebody reset its state.
        if (!TaskState.allowing(event).contains(server.taskState())) return;
        store.begin(server, event, w.clock().instant());
    }

    private void copy(Making p) {
        if (wanted(p)) w.agents().snapshot(w.hostOf(p.work()), p.serverId(), p.imageId(), quiesce(p));
    }

    private void deleteCopy(Making p) {
        if (wanted(p)) onHost.run(p.serverId(), h -> w.agents().deleteSnapshot(h, p.serverId(), p.imageId()));
    }

    private void upload(Making p) {
        if (!wanted(p)) return;
        var file = w.agents().snapshot(w.hostOf(p.work()), p.serverId(), p.imageId(), quiesce(p));
        try (var data = Files.newInputStream(file.file())) {
            whileItIsThere(w, p.imageId(), () -> w.images().upload(p.imageId(), file.format(), data));
        } catch (IOException e) {
            throw new Unavailable("The copy of the disk could not be read.", file.file() + ": " + e, e);
        }
    }

    /// @throws Conflict a user deleted the image while it was made: no trouble of ours
    static void whileItIsThere(Wiring w, String imageId, Runnable upload) {
        try {
            upload.run();
        } catch (NotFound | Refused e) {
            var found = w.db().read(tx -> w.images().find(tx, Caller.system(""), imageId));
            if (found.isEmpty()) throw new Conflict("Image " + imageId + " was deleted while it was made.");
            throw e;
        }
    }

    private Quiesce quiesce(Making p) {
        var server = w.db().read(tx -> new ServerStore(tx).require(p.serverId()));
        if (server.vmState() != VmState.ACTIVE) return Quiesce.NO;
        var properties = server.wanted().imageProperties();
        if (yes(properties, "os_require_quiesce")) return Quiesce.REQUIRE;
        return yes(properties, "hw_qemu_guest_agent") ? Quiesce.TRY : Quiesce.NO;
    }

    private static boolean yes(Map<String, String> properties, String name) {
        return Optional.ofNullable(properties.get(name))
                .filter(v -> YES.contains(v.toLowerCase(Locale.ROOT)))
                .isPresent();
    }
}
