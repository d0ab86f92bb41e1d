package cloud.yun.blockstorage.backup;

import cloud.yun.blockstorage.backup.BackupStatus.Event;
import cloud.yun.blockstorage.driver.BackupRepository.Header;
import cloud.yun.blockstorage.driver.BackupRepository.Key;
import cloud.yun.blockstorage.query.ListQuery;
import cloud.yun.blockstorage.service.ServiceStore;
import cloud.yun.blockstorage.service.StorageService;
import cloud.yun.blockstorage.snapshot.Snapshot;
import cloud.yun.blockstorage.snapshot.SnapshotStatus;
import cloud.yun.blockstorage.snapshot.SnapshotStore;
import cloud.yun.blockstorage.volume.Volume;
import cloud.yun.blockstorage.volume.VolumeRequest;
import cloud.yun.blockstorage.volume.VolumeService;
import cloud.yun.blockstorage.volume.VolumeStatus;
import cloud.yun.blockstorage.volume.VolumeStore;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.error.CloudException.Unavailable;
import cloud.yun.kernel.policy.Policy;
import cloud.yun.kernel.policy.Target;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/// The rules of backups.
public final class BackupService {
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMddHHmmss").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter PYTHON =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss'+00:00'").withZone(ZoneOffset.UTC);

    /// The long work.
    public record Works(CreateBackup create, RestoreBackup restore, DeleteBackup delete, ImportBackup importing) {}

    /// @param container empty: a directory of its own
    /// @param force also while a server has the volume
    record Wanted(
            String volumeId,
            Optional<String> snapshotId,
            Optional<String> name,
            Optional<String> description,
            Optional<String> container,
            boolean incremental,
            boolean force,
            Optional<String> zone,
            Map<String, String> metadata) {}

    /// @param dependent whether an incremental backup needs it
    record Shown(Backup backup, boolean dependent) {}

    record Page(List<Shown> backups, long count) {}

    record Restored(String backupId, String volumeId, String volumeName) {}

    private final Database db;
    private final Policy policy;
    private final Clock clock;
    private final Supplier<UUID> ids;
    private final VolumeService volumes;
    private final Works works;
    private final String service;

    /// @param service name of the repository's driver
    public BackupService(
            Database db,
            Policy policy,
            Clock clock,
            Supplier<UUID> ids,
            VolumeService volumes,
            Works works,
            String service) {
        this.db = db;
        this.policy = policy;
        this.clock = clock;
        this.ids = ids;
        this.volumes = volumes;
        this.works = works;
        this.service = service;
    }

    /// @return the backup in `creating`; it ends in `available` or in `error`
    /// @throws Invalid the volume's or snapshot's status forbids it, or there is no parent for an incremental one
    Backup create(Caller caller, Wanted wanted) {
        var id = ids.get().toString();
        return db.transaction(tx -> {
            var v = volumes.require(tx, caller, wanted.volumeId(), "backup:create");
            var snapshot = wanted.snapshotId().map(s -> snapshot(tx, caller, v, s));
            if (snapshot.isEmpty()) check(v, wanted.force());
            var parent = wanted.incremental() ? Optional.of(parent(tx, caller, v, snapshot)) : Optional.<Backup>empty();
            var now = clock.instant();
            var key = new Key(
                    wanted.container().orElse(id.substring(0, 2) + "/" + id.substring(2, 4) + "/" + id),
                    "volume_" + v.id() + "_" + STAMP.format(now) + "_backup_" + id);
            checkContainer(key.container());
            var meta = VolumeMeta.of(tx, v);
            var made = new Backup(
                    id,
                    caller.projectId(),
                    caller.userId(),
                    v.id(),
                    wanted.snapshotId(),
                    parent.map(Backup::id),
                    wanted.name(),
                    wanted.description(),
                    v.sizeGib(),
                    BackupStatus.CREATING,
                    Optional.empty(),
                    v.host().orElse(""),
                    wanted.zone().orElse(v.zone()),
                    key,
                    0,
                    Optional.of(meta),
                    Optional.empty(),
                    snapshot.map(Snapshot::createdAt).orElse(now),
                    now,
                    Optional.empty(),
                    wanted.metadata());
            boolean inUse = snapshot.isEmpty() && v.status() == VolumeStatus.IN_USE;
            if (snapshot.isPresent()) new SnapshotStore(tx).move(snapshot.get(), SnapshotStatus.Event.BACK_UP, now);
            else new VolumeStore(tx).move(v, VolumeStatus.Event.BACK_UP, now);
            works.create()
                    .begin(
                            tx,
                            caller,
                            made,
                            new CreateBackup.Params(
                                    id,
                                    v.id(),
                                    made.pool(),
                                    wanted.snapshotId(),
                                    inUse,
                                    key,
                                    new Header(
                                            id,
                                            v.id(),
                                            wanted.name(),
                                            wanted.description(),
                                            PYTHON.format(now),
                                            made.parentId(),
                                            parent.map(Backup::key),
                                            meta),
                                    caller.requestId()));
            return made;
        });
    }

    private static void checkContainer(String container) {
        boolean inside = !container.isBlank()
                && !container.startsWith("/")
                && List.of(container.split("/")).stream().noneMatch(Set.of("..", ".", "")::contains);
        if (!inside)
            throw new Invalid("Invalid input received: the container '" + container
                    + "' is not a directory below the backups' directory.");
    }

    private static Snapshot snapshot(Tx tx, Caller caller, Volume v, String id) {
        var s = new SnapshotStore(tx)
                .lock(id)
                .filter(f -> sees(caller, f.projectId()))
                .orElseThrow(() -> new NotFound("Snapshot", id));
        if (!s.volumeId().equals(v.id()))
            throw new Invalid("Invalid volume: Volume " + v.id() + " does not match with snapshot.volume_id "
                    + s.volumeId() + ".");
        if (s.status() != SnapshotStatus.AVAILABLE)
            throw new Invalid("Invalid snapshot: Snapshot to be backed up must be available, but the current status is"
                    + " \"" + s.status().wire() + "\".");
        return s;
    }

    private static void check(Volume v, boolean force) {
        if (v.status() != VolumeStatus.AVAILABLE && v.status() != VolumeStatus.IN_USE)
            throw new Invalid("Invalid volume: Volume to be backed up must be available or in-use, but the current"
                    + " status is \"" + v.status().wire() + "\".");
        if (v.status() == VolumeStatus.IN_USE && !force)
            throw new Invalid("Invalid volume: Backing up an in-use volume must use the force flag.");
    }

    /// The newest one whose data is older than what is to be backed up.
    private static Backup parent(Tx tx, Caller caller, Volume v, Optional<Snapshot> snapshot) {
        var found = new BackupStore(tx)
                .ofVolume(v.id(), caller.projectId()).stream()
                        .filter(b -> b.status() == BackupStatus.AVAILABLE)
                        .filter(b -> snapshot.isEmpty()
                                || b.dataTimestamp().isBefore(snapshot.get().createdAt()))
                        .toList();
        if (found.isEmpty()) throw new Invalid("Invalid backup: No backups available to do an incremental backup.");
        if (v.sizeGib() > found.getLast().sizeGib())
            throw new Invalid("Invalid backup: Volume size increased since the last backup. Do a full backup.");
        return found.getLast();
    }

    /// Into a new volume when none is named.
    ///
    /// @throws Invalid the backup or the volume is not available, or the volume is too small
    Restored restore(Caller caller, String id, Optional<String> volumeId, Optional<String> name) {
        var newId = ids.get().toString();
        return db.transaction(tx -> {
            var b = require(tx, caller, id, "backup:restore");
            checkAvailable(b);
            if (volumeId.isEmpty()) {
                var made = volumes.create(tx, caller, fresh(newId, b, name));
                return new Restored(id, newId, made.name().orElse(""));
            }
            var seen = VolumeService.visible(tx, caller, volumeId.get());
            var v = new VolumeStore(tx).lock(seen.id()).orElse(seen);
            if (v.status() != VolumeStatus.AVAILABLE)
                throw new Invalid("Invalid volume: Volume to be restored to must be available");
            if (b.sizeGib() > v.sizeGib())
                throw new Invalid("Invalid volume: volume size " + v.sizeGib()
                        + " is too small to restore backup of size " + b.sizeGib() + ".");
            works.restore().begin(tx, caller, b, v);
            return new Restored(id, v.id(), v.name().orElse(""));
        });
    }

    private static VolumeRequest fresh(String id, Backup b, Optional<String> name) {
        return new VolumeRequest(
                id,
                Optional.of(name.orElse(VolumeMeta.UNNAMED + b.id())),
                Optional.of("auto-created_from_restore_from_backup"),
                Optional.of(b.sizeGib()),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                Optional.of(b.id()),
                Optional.empty());
    }

    private static void checkAvailable(Backup b) {
        if (b.status() != BackupStatus.AVAILABLE) throw new Invalid("Invalid backup: Backup status must be available");
    }

    /// A volume is being made of a backup, in this transaction.
    ///
    /// @throws NotFound there is none that the caller may see
    /// @throws Invalid it is not available
    public static Backup source(Tx tx, Caller caller, String id) {
        var b = new BackupStore(tx)
                .lock(id)
                .filter(f -> sees(caller, f.projectId()))
                .orElseThrow(() -> new NotFound("Backup", id));
        if (b.status() != BackupStatus.AVAILABLE)
            throw new Invalid("Invalid backup: Originating backup status must be one of 'available' values");
        return b;
    }

    /// Holds the backup until [BackupStore#restored].
    public static void hold(Tx tx, String id, String volumeId, Instant now) {
        var store = new BackupStore(tx);
        var b = store.lock(id).orElseThrow(() -> new NotFound("Backup", id));
        if (BackupStatus.TABLE.next(b.status(), Event.RESTORE).isEmpty()) checkAvailable(b);
        store.restoring(b, volumeId, now);
    }

    Shown get(Caller caller, String id) {
        return db.read(tx -> {
            var b = visible(tx, caller, id);
            policy.require(caller, "backup:get", Target.project(b.projectId()));
            return shown(tx, List.of(b)).getFirst();
        });
    }

    private static boolean sees(Caller caller, String projectId) {
        return caller.admin()
                || caller.project().filter(p -> p.id().equals(projectId)).isPresent();
    }

    private static Backup visible(Tx tx, Caller caller, String id) {
        return new BackupStore(tx)
                .find(id)
                .filter(b -> sees(caller, b.projectId()))
                .orElseThrow(() -> new NotFound("Backup", id));
    }

    private Backup require(Tx tx, Caller caller, String id, String rule) {
        var seen = visible(tx, caller, id);
        policy.require(caller, rule, Target.project(seen.projectId()).with("user_id", seen.userId()));
        return new BackupStore(tx).lock(id).orElseThrow(() -> new NotFound("Backup", id));
    }

    private static List<Shown> shown(Tx tx, List<Backup> backups) {
        var parents =
                new BackupStore(tx).parents(backups.stream().map(Backup::id).toList());
        return backups.stream().map(b -> new Shown(b, parents.contains(b.id()))).toList();
    }

    /// @param filters adds the filters of the address
    Page list(ListQuery query, UnaryOperator<Select> filters) {
        return db.read(tx -> {
            var marker = query.marker().orElse("");
            var select = filters.apply(Select.of(BackupStore.COLUMNS, "backup"));
            var rows = new BackupStore(tx).list(query.page(tx, select, () -> new NotFound("Backup", marker)));
            long count = filters.apply(Select.of(BackupStore.COLUMNS, "backup")).count(tx);
            return new Page(shown(tx, query.cut(rows)), count);
        });
    }

    Backup update(
            Caller caller,
            String id,
            Optional<Optional<String>> name,
            Optional<Optional<String>> description,
            Optional<Map<String, String>> metadata) {
        return db.transaction(tx -> {
            var b = require(tx, caller, id, "backup:update");
            var store = new BackupStore(tx);
            store.describe(id, name.orElse(b.name()), description.orElse(b.description()), clock.instant());
            metadata.ifPresent(m -> store.replaceMetadata(id, m));
            return store.find(id).orElse(b);
        });
    }

    void delete(Caller caller, String id, boolean force) {
        db.write(tx -> {
            var b = require(
                    tx, caller, id, force ? "volume_extension:backup_admin_actions:force_delete" : "backup:delete");
            works.delete().begin(tx, caller, b, force);
        });
    }

    void resetStatus(Caller caller, String id, BackupStatus status) {
        db.write(tx -> {
            require(tx, caller, id, "volume_extension:backup_admin_actions:reset_status");
            new BackupStore(tx).reset(id, status, clock.instant());
        });
    }

    String service() {
        return service;
    }

    String exportRecord(Caller caller, String id) {
        return db.read(tx -> {
            var b = visible(tx, caller, id);
            policy.require(caller, "backup:export-import", Target.project(b.projectId()));
            if (b.status() != BackupStatus.AVAILABLE)
                throw new Invalid("Invalid backup: Backup status must be available and not "
                        + b.status().wire() + ".");
            return BackupRecords.encode(b, service);
        });
    }

    /// @throws Unavailable no storage host reads what that service wrote
    Backup importRecord(Caller caller, String writer, String url) {
        return db.transaction(tx -> {
            var host = new ServiceStore(tx)
                    .volumeServices().stream().map(StorageService::pool).findFirst();
            if (!writer.equals(service) || host.isEmpty())
                throw new Unavailable("Service " + writer + " could not be found.", "this cloud has " + service, null);
            var zone = new ServiceStore(tx).volumeServices().getFirst().zone();
            var b = BackupRecords.decode(url, caller, host.get(), zone, clock.instant());
            checkContainer(b.key().container());
            if (new BackupStore(tx).find(b.id()).isPresent())
                throw new Invalid("Invalid backup: Backup already exists in database.");
            if (b.parentId().isPresent()
                    && new BackupStore(tx).find(b.parentId().get()).isEmpty())
                throw new Invalid("Invalid backup: Backup " + b.parentId().get()
                        + ", which this one needs, must be imported first.");
            works.importing().begin(tx, caller, b);
            return b;
        });
    }
}
