package cloud.yun.blockstorage.backup;

import cloud.yun.blockstorage.agent.Backends;
import cloud.yun.blockstorage.backup.BackupStatus.Event;
import cloud.yun.blockstorage.driver.BackupRepository.Key;
import cloud.yun.blockstorage.quota.VolumeQuota;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.flow.Flow;
import cloud.yun.kernel.flow.Flows;
import java.time.Clock;
import java.util.Optional;

/// Taking a backup that the repository has into our rows. It is available once all of its objects were seen, else in
/// `error`.
public final class ImportBackup {
    public record Params(String backupId, String pool, Key key) {}

    private final Flows flows;
    private final VolumeQuota quota;
    private final Flow<Params> flow;

    public ImportBackup(Database db, Flows flows, Backends backends, VolumeQuota quota, Clock clock) {
        this.flows = flows;
        this.quota = quota;
        this.flow = Flow.named("backup_import", Params.class)
                .onRevert("ImportOnFailureTask", (tx, p, why) -> {
                    var store = new BackupStore(tx);
                    store.lock(p.backupId()).ifPresent(b -> {
                        store.move(b, Event.CREATE_FAILED, clock.instant());
                        store.failed(b.id(), why.message());
                    });
                })
                .task(
                        "VerifyBackupTask",
                        p -> {
                            var meta = backends.verifyBackup(p.pool(), p.key());
                            db.write(tx -> new BackupStore(tx)
                                    .volumeMeta(p.backupId(), Optional.of(meta).filter(m -> !m.isEmpty())));
                        },
                        (_, _) -> {})
                .finish("ImportOnFinishTask", (tx, p) -> {
                    var store = new BackupStore(tx);
                    store.lock(p.backupId()).ifPresent(b -> store.move(b, Event.CREATED, clock.instant()));
                })
                .build();
        flows.register(flow);
    }

    /// @throws cloud.yun.kernel.error.CloudException.OverQuota in Cinder's words
    void begin(Tx tx, Caller caller, Backup b) {
        quota.takeBackup(tx, b.projectId(), b.sizeGib());
        new BackupStore(tx).insert(b);
        flows.start(tx, flow, new Params(b.id(), b.pool(), b.key()), caller, b.id());
    }
}
