package cloud.yun.blockstorage.transfer;

import cloud.yun.blockstorage.query.ListQuery;
import cloud.yun.blockstorage.quota.VolumeQuota;
import cloud.yun.blockstorage.snapshot.Snapshot;
import cloud.yun.blockstorage.snapshot.SnapshotStatus;
import cloud.yun.blockstorage.snapshot.SnapshotStore;
import cloud.yun.blockstorage.type.TypeStore;
import cloud.yun.blockstorage.volume.Volume;
import cloud.yun.blockstorage.volume.VolumeNotices;
import cloud.yun.blockstorage.volume.VolumeService;
import cloud.yun.blockstorage.volume.VolumeStatus;
import cloud.yun.blockstorage.volume.VolumeStatus.Event;
import cloud.yun.blockstorage.volume.VolumeStore;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.policy.Policy;
import cloud.yun.kernel.policy.Target;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The rules of transfers. Rows, owner and quota change in one transaction: a volume is always exactly one
/// project's.
public final class TransferService {
    /// What the donor is told, once.
    record Offer(Transfer transfer, String authKey) {
        @Override
        public String toString() {
            return "Offer[" + transfer.id() + "]";
        }
    }

    private final Database db;
    private final Policy policy;
    private final Clock clock;
    private final Supplier<UUID> ids;
    private final VolumeService volumes;
    private final VolumeQuota quota;
    private final VolumeNotices notices;
    private final int saltLength;
    private final int keyLength;
    private final SecureRandom random = new SecureRandom();

    /// @param saltLength option `volume_transfer_salt_length`
    /// @param keyLength option `volume_transfer_key_length`
    public TransferService(
            Database db,
            Policy policy,
            Clock clock,
            Supplier<UUID> ids,
            VolumeService volumes,
            VolumeQuota quota,
            VolumeNotices notices,
            int saltLength,
            int keyLength) {
        this.db = db;
        this.policy = policy;
        this.clock = clock;
        this.ids = ids;
        this.volumes = volumes;
        this.quota = quota;
        this.notices = notices;
        this.saltLength = saltLength;
        this.keyLength = keyLength;
    }

    /// @throws Invalid the volume or one of its snapshots is not available
    Offer create(Caller caller, String volumeId, Optional<String> name, boolean noSnapshots) {
        var salt = hex(saltLength);
        var key = hex(keyLength);
        var id = ids.get().toString();
        return db.transaction(tx -> {
            var v = volumes.require(tx, caller, volumeId, "volume:create_transfer");
            if (v.status() != VolumeStatus.AVAILABLE) throw new Invalid("Invalid volume: status must be available");
            if (v.groupId().isPresent())
                throw new Invalid("Invalid volume: Volume " + v.id() + " must not be part of a consistency group.");
            if (!noSnapshots)
                for (var s : new SnapshotStore(tx).ofVolume(volumeId))
                    if (s.status() != SnapshotStatus.AVAILABLE)
                        throw new Invalid("Invalid snapshot: snapshot: " + s.id() + " status must be available");
            notices.emit(tx, "transfer.create.start", v);
            new VolumeStore(tx).move(v, Event.OFFER, clock.instant());
            var t = new Transfer(
                    id, volumeId, v.projectId(), name, salt, hash(salt, key), noSnapshots, clock.instant());
            new TransferStore(tx).insert(t);
            notices.emit(tx, "transfer.create.end", v);
            return new Offer(t, key);
        });
    }

    Transfer get(Caller caller, String id) {
        return db.read(tx -> {
            var t = visible(tx, caller, id);
            policy.require(caller, "volume:get_transfer", Target.project(t.sourceProjectId()));
            return t;
        });
    }

    private static Transfer visible(Tx tx, Caller caller, String id) {
        return new TransferStore(tx)
                .find(id)
                .filter(t -> caller.admin()
                        || caller.project()
                                .filter(p -> p.id().equals(t.sourceProjectId()))
                                .isPresent())
                .orElseThrow(() -> new NotFound("Transfer", id));
    }

    List<Transfer> list(Caller caller, ListQuery query, boolean all) {
        return db.read(tx -> {
            var select = Select.of(TransferStore.COLUMNS, "volume_transfer");
            if (!all) select.where("source_project_id = ?", caller.projectId());
            query.filters().forEach((name, value) -> {
                switch (name) {
                    case "name", "display_name" -> select.where("name = ?", value);
                    case "id" -> select.where("id = ?", value);
                    case "volume_id" -> select.where("volume_id = ?", value);
                    case "source_project_id" -> select.where("source_project_id = ?", value);
                    default -> select.where("1 = 0");
                }
            });
            var marker = query.marker().orElse("");
            return query.cut(
                    new TransferStore(tx).list(query.page(tx, select, () -> new NotFound("Transfer", marker))));
        });
    }

    /// The offer is over; the volume is available again.
    void delete(Caller caller, String id) {
        db.write(tx -> {
            var t = visible(tx, caller, id);
            var v = volumes.require(tx, caller, t.volumeId(), "volume:delete_transfer");
            notices.emit(tx, "transfer.delete.start", v);
            if (!new TransferStore(tx).delete(id)) throw new NotFound("Transfer", id);
            new VolumeStore(tx).move(v, Event.FREED, clock.instant());
            notices.emit(tx, "transfer.delete.end", v);
        });
    }

    /// The caller's project has the volume from now on, and its quota pays for it.
    ///
    /// @throws Invalid the key is wrong
    /// @throws cloud.yun.kernel.error.CloudException.OverQuota in Cinder's words; nothing has changed
    Transfer accept(Caller caller, String id, String authKey) {
        return db.transaction(tx -> {
            var t = new TransferStore(tx).find(id).orElseThrow(() -> new NotFound("Transfer", id));
            if (!same(hash(t.salt(), authKey), t.cryptHash()))
                throw new Invalid("Invalid auth key: Attempt to transfer " + id + " with invalid auth key.");
            var store = new VolumeStore(tx);
            var v = store.lock(t.volumeId()).orElseThrow(() -> new NotFound("Volume", t.volumeId()));
            if (!new TransferStore(tx).delete(id)) throw new NotFound("Transfer", id);
            notices.emit(tx, "transfer.accept.start", v);
            moveQuota(tx, v, caller.projectId(), t.noSnapshots());
            store.move(v, Event.FREED, clock.instant());
            store.owner(v.id(), caller.projectId(), caller.userId());
            if (!t.noSnapshots()) new SnapshotStore(tx).owner(v.id(), caller.projectId(), caller.userId());
            store.find(v.id()).ifPresent(now -> notices.emit(tx, "transfer.accept.end", now));
            return t;
        });
    }

    private void moveQuota(Tx tx, Volume v, String projectId, boolean noSnapshots) {
        var type = new TypeStore(tx).find(v.typeId()).orElseThrow(() -> new NotFound("Volume type", v.typeId()));
        var snapshots = noSnapshots ? List.<Snapshot>of() : new SnapshotStore(tx).ofVolume(v.id());
        quota.giveVolume(tx, v.projectId(), v.typeId(), v.sizeGib());
        for (var s : snapshots) quota.giveSnapshot(tx, s.projectId(), s.typeId(), s.sizeGib());
        quota.takeVolume(tx, projectId, type, v.sizeGib());
        for (var s : snapshots) {
            var of = new TypeStore(tx).find(s.typeId()).orElse(type);
            quota.takeSnapshot(tx, projectId, of, s.sizeGib());
        }
    }

    private String hex(int length) {
        var bytes = new byte[(length + 1) / 2];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes).substring(0, length);
    }

    private static boolean same(String a, String b) {
        return MessageDigest.isEqual(a.getBytes(StandardCharsets.US_ASCII), b.getBytes(StandardCharsets.US_ASCII));
    }

    private static String hash(String salt, String key) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(salt.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(key.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }
}
