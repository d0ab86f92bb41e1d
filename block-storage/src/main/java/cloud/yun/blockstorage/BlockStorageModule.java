package cloud.yun.blockstorage;

import cloud.yun.blockstorage.agent.Backends;
import cloud.yun.blockstorage.agent.VolumeAgent;
import cloud.yun.blockstorage.attachment.AttachStatus;
import cloud.yun.blockstorage.attachment.Attaching;
import cloud.yun.blockstorage.backup.BackupNotices;
import cloud.yun.blockstorage.backup.BackupRoutes;
import cloud.yun.blockstorage.backup.BackupService;
import cloud.yun.blockstorage.backup.BackupStatus;
import cloud.yun.blockstorage.backup.CreateBackup;
import cloud.yun.blockstorage.backup.DeleteBackup;
import cloud.yun.blockstorage.backup.ImportBackup;
import cloud.yun.blockstorage.backup.RestoreBackup;
import cloud.yun.blockstorage.check.AttachmentInvariant;
import cloud.yun.blockstorage.check.BackendInvariant;
import cloud.yun.blockstorage.check.QuotaInvariant;
import cloud.yun.blockstorage.check.StuckVolumes;
import cloud.yun.blockstorage.driver.FileVolumeDriver;
import cloud.yun.blockstorage.driver.PosixBackups;
import cloud.yun.blockstorage.driver.VolumeDriver;
import cloud.yun.blockstorage.group.GroupRoutes;
import cloud.yun.blockstorage.group.GroupService;
import cloud.yun.blockstorage.group.GroupSnapshotRoutes;
import cloud.yun.blockstorage.group.GroupSnapshotService;
import cloud.yun.blockstorage.group.GroupStatus;
import cloud.yun.blockstorage.group.GroupTypeRoutes;
import cloud.yun.blockstorage.group.GroupTypeService;
import cloud.yun.blockstorage.manage.ManageExisting;
import cloud.yun.blockstorage.manage.ManageRoutes;
import cloud.yun.blockstorage.manage.ManageService;
import cloud.yun.blockstorage.manage.Unmanage;
import cloud.yun.blockstorage.message.MessageRoutes;
import cloud.yun.blockstorage.message.Messages;
import cloud.yun.blockstorage.qos.QosRoutes;
import cloud.yun.blockstorage.qos.QosService;
import cloud.yun.blockstorage.quota.QuotaRoutes;
import cloud.yun.blockstorage.quota.VolumeQuota;
import cloud.yun.blockstorage.scheduler.FilterScheduler;
import cloud.yun.blockstorage.service.CapacityReport;
import cloud.yun.blockstorage.service.HostRoutes;
import cloud.yun.blockstorage.service.HostService;
import cloud.yun.blockstorage.service.ServiceRoutes;
import cloud.yun.blockstorage.snapshot.CreateSnapshot;
import cloud.yun.blockstorage.snapshot.DeleteSnapshot;
import cloud.yun.blockstorage.snapshot.SnapshotNotices;
import cloud.yun.blockstorage.snapshot.SnapshotRoutes;
import cloud.yun.blockstorage.snapshot.SnapshotService;
import cloud.yun.blockstorage.snapshot.SnapshotStatus;
import cloud.yun.blockstorage.snapshot.SnapshotStore;
import cloud.yun.blockstorage.transfer.TransferRoutes;
import cloud.yun.blockstorage.transfer.TransferService;
import cloud.yun.blockstorage.type.DefaultTypeRoutes;
import cloud.yun.blockstorage.type.EncryptionRoutes;
import cloud.yun.blockstorage.type.EncryptionService;
import cloud.yun.blockstorage.type.TypeRoutes;
import cloud.yun.blockstorage.type.TypeService;
import cloud.yun.blockstorage.volume.BuildVolume;
import cloud.yun.blockstorage.volume.ChangeRoutes;
import cloud.yun.blockstorage.volume.ChangeService;
import cloud.yun.blockstorage.volume.CreateVolume;
import cloud.yun.blockstorage.volume.DeleteVolume;
import cloud.yun.blockstorage.volume.ExtendVolume;
import cloud.yun.blockstorage.volume.MigrateVolume;
import cloud.yun.blockstorage.volume.ReimageVolume;
import cloud.yun.blockstorage.volume.RetypeVolume;
import cloud.yun.blockstorage.volume.RevertVolume;
import cloud.yun.blockstorage.volume.ScheduleVolume;
import cloud.yun.blockstorage.volume.UploadVolume;
import cloud.yun.blockstorage.volume.VolumeActionRoutes;
import cloud.yun.blockstorage.volume.VolumeNotices;
import cloud.yun.blockstorage.volume.VolumeRoutes;
import cloud.yun.blockstorage.volume.VolumeService;
import cloud.yun.blockstorage.volume.VolumeStatus;
import cloud.yun.blockstorage.volume.VolumeStore;
import cloud.yun.host.disk.DiskFiles;
import cloud.yun.host.disk.QemuImg;
import cloud.yun.host.process.Commands;
import cloud.yun.image.Images;
import cloud.yun.kernel.Kernel;
import cloud.yun.kernel.Room;
import cloud.yun.kernel.check.Invariant;
import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.config.Option;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.http.ApiService;
import cloud.yun.kernel.http.ApiService.Microversions;
import cloud.yun.kernel.http.FaultDialect;
import cloud.yun.kernel.http.Microversion;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.policy.Policy;
import cloud.yun.kernel.policy.PolicyFile;
import cloud.yun.kernel.reconcile.Reconciler;
import cloud.yun.kernel.state.StateTable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The block-storage room, wired: what it needs is in the constructor, what it offers are the methods.
public final class BlockStorageModule implements Room {
    /// Name of the back end when there is only one.
    public static final String BACKEND = "local";

    private final Database db;
    private final String host;
    private final Map<String, VolumeDriver> drivers;
    private final Policy policy;
    private final TypeService types;
    private final CapacityReport capacity;
    private final StuckVolumes stuck;
    private final Messages messages;
    private final GroupTypeService groupTypes;
    private final List<Invariant> invariants;
    private final ExtendVolume extend;
    private final Attaching attaching;
    private final List<VolumeAgent> agents = new ArrayList<>();
    private final List<Route> routes;

    /// One back end, named [#BACKEND].
    public BlockStorageModule(Kernel kernel, Images images, VolumeDriver driver) {
        this(kernel, images, Map.of(BACKEND, driver));
    }

    /// @param drivers by the name of their back end, as in `enabled_backends`
    public BlockStorageModule(Kernel kernel, Images images, Map<String, VolumeDriver> drivers) {
        var config = kernel.config();
        db = kernel.db();
        host = kernel.host();
        this.drivers = Map.copyOf(drivers);
        var flows = kernel.flows();
        var clock = kernel.clock();
        var zone = config.get(Options.ZONE);
        policy = new Policy(Rules.defaults(), PolicyFile.of(kernel, "block-storage", "cinder"));
        Options.checkDrivers(config);
        var path = config.get(Options.BACKUP_PATH);
        var repository = new PosixBackups(
                path.isEmpty() ? kernel.data().resolve("block-storage/backups") : Path.of(path),
                Options.backups(config));
        new java.util.TreeMap<>(drivers)
                .forEach((backend, driver) ->
                        agents.add(new VolumeAgent(kernel.bus(), host + "@" + backend, driver, images, repository)));
        var backends = new Backends(kernel.bus());
        var notices = new VolumeNotices(kernel.events());
        var quota = new VolumeQuota(limits(config));
        types = new TypeService(db, clock, kernel.ids(), config.get(Options.DEFAULT_TYPE));
        messages = new Messages(
                db, policy, clock, kernel.ids(), config.get(Options.MESSAGE_TTL), config.get(Options.MESSAGE_REAP));
        var scheduler = new FilterScheduler(
                new FilterScheduler.Settings(
                        config.get(Options.FILTERS),
                        config.get(Options.WEIGHERS),
                        config.get(Options.CAPACITY_MULTIPLIER),
                        config.get(Options.SERVICE_DOWN)),
                clock);
        var build = new BuildVolume(db, flows, backends, notices, messages, quota, clock, config.get(Options.ATTEMPTS));
        var schedule = new ScheduleVolume(flows, scheduler, notices, messages, quota, clock, build);
        var create = new CreateVolume(flows, quota, schedule);
        var delete = new DeleteVolume(flows, backends, quota, notices, clock);
        extend = new ExtendVolume(db, flows, backends, quota, notices, messages, clock);
        var upload = new UploadVolume(db, flows, backends, images, messages, clock);
        var volumes = new VolumeService(
                db,
                policy,
                clock,
                kernel.ids(),
                images,
                types,
                new VolumeService.Works(create, delete, extend, upload),
                zone);
        var snapshotNotices = new SnapshotNotices(kernel.events());
        var createSnapshot = new CreateSnapshot(flows, backends, quota, snapshotNotices, messages, clock);
        var deleteSnapshot = new DeleteSnapshot(flows, backends, quota, snapshotNotices, messages, clock);
        var snapshots = new SnapshotService(db, policy, clock, kernel.ids(), volumes, createSnapshot, deleteSnapshot);
        attaching =
                new Attaching(db, flows, policy, backends, notices, clock, kernel.ids(), volumes, delete, snapshots);
        capacity = new CapacityReport(
                db,
                backends,
                clock,
                kernel.ids(),
                new CapacityReport.Places(
                        kernel.host(), agents.stream().map(VolumeAgent::host).toList(), zone),
                new CapacityReport.Terms(config.get(Options.RESERVED), config.get(Options.OVER_SUBSCRIPTION)),
                config.get(Options.REPORT));
        stuck = new StuckVolumes(db, flows, clock);
        invariants = List.of(
                new QuotaInvariant(db, quota),
                new AttachmentInvariant(db),
                new BackendInvariant(
                        db,
                        flows,
                        backends,
                        agents.stream().map(VolumeAgent::host).toList()));
        var all = new ArrayList<Route>();
        var volumeRoutes = new VolumeRoutes(volumes, policy);
        all.addAll(volumeRoutes.routes());
        all.addAll(new VolumeActionRoutes(volumes).routes());
        all.addAll(new ChangeRoutes(new ChangeService(
                        db,
                        policy,
                        clock,
                        volumes,
                        types,
                        images,
                        config.get(Options.SERVICE_DOWN),
                        new ChangeService.Works(
                                new RetypeVolume(flows, scheduler, backends, quota, notices, clock),
                                new MigrateVolume(flows, backends, notices, clock),
                                new RevertVolume(flows, backends, notices, clock),
                                new ReimageVolume(flows, backends, notices, messages, clock))))
                .routes());
        all.addAll(attaching.routes());
        groupTypes = new GroupTypeService(db, clock, kernel.ids());
        all.addAll(new GroupTypeRoutes(groupTypes, policy).routes());
        all.addAll(new GroupRoutes(
                        new GroupService(db, policy, clock, kernel.ids(), types, volumes, delete, quota, zone), policy)
                .routes());
        all.addAll(new GroupSnapshotRoutes(
                        new GroupSnapshotService(db, policy, clock, kernel.ids(), createSnapshot, deleteSnapshot),
                        policy)
                .routes());
        var snapshotRoutes = new SnapshotRoutes(snapshots, policy);
        all.addAll(snapshotRoutes.routes());
        all.addAll(new ManageRoutes(
                        new ManageService(
                                db,
                                policy,
                                clock,
                                kernel.ids(),
                                volumes,
                                types,
                                backends,
                                quota,
                                new ManageExisting(flows, backends, notices, clock),
                                new Unmanage(flows, backends, quota, notices, clock)),
                        volumeRoutes,
                        snapshotRoutes)
                .routes());
        all.addAll(new TypeRoutes(types, policy).routes());
        var backupNotices = new BackupNotices(kernel.events());
        all.addAll(new BackupRoutes(
                        new BackupService(
                                db,
                                policy,
                                clock,
                                kernel.ids(),
                                volumes,
                                new BackupService.Works(
                                        new CreateBackup(db, flows, backends, quota, backupNotices, messages, clock),
                                        new RestoreBackup(flows, backends, backupNotices, messages, clock),
                                        new DeleteBackup(flows, backends, quota, backupNotices, messages, clock),
                                        new ImportBackup(db, flows, backends, quota, clock)),
                                repository.service()),
                        policy)
                .routes());
        all.addAll(new DefaultTypeRoutes(types).routes());
        all.addAll(new EncryptionRoutes(new EncryptionService(db, clock, kernel.ids())).routes());
        all.addAll(new QosRoutes(new QosService(db, clock, kernel.ids())).routes());
        all.addAll(new MessageRoutes(messages).routes());
        all.addAll(new TransferRoutes(new TransferService(
                        db,
                        policy,
                        clock,
                        kernel.ids(),
                        volumes,
                        quota,
                        notices,
                        config.get(Options.TRANSFER_SALT),
                        config.get(Options.TRANSFER_KEY)))
                .routes());
        all.addAll(new QuotaRoutes(db, policy, quota).routes());
        all.addAll(new HostRoutes(new HostService(db), clock, config.get(Options.SERVICE_DOWN)).routes());
        all.addAll(new ServiceRoutes(
                        db,
                        clock,
                        config.get(Options.SERVICE_DOWN),
                        () -> db.read(tx -> new VolumeStore(tx).allocatedGibByHost()),
                        (caller, type) -> {
                            var specs = db.read(tx -> types.require(tx, caller, type))
                                    .extraSpecs();
                            return capabilities -> scheduler.meets(capabilities, specs);
                        })
                .routes());
        all.addAll(Discovery.routes());
        all.addAll(all.stream()
                .map(BlockStorageModule::v2)
                .flatMap(Optional::stream)
                .toList());
        routes = List.copyOf(all);
    }

    /// Old scripts say `/v2`: what 3.0 has answers there too.
    private static Optional<Route> v2(Route r) {
        if (!r.path().startsWith("/v3/") || r.path().length() < 5 || r.from().isPresent()) return Optional.empty();
        return Optional.of(new Route(
                r.method(),
                "/v2" + r.path().substring(3),
                r.handler(),
                r.rule(),
                r.access(),
                r.from(),
                r.to(),
                r.schemas(),
                r.action(),
                r.streaming()));
    }

    private static Map<String, Long> limits(Config config) {
        var limits = new LinkedHashMap<String, Long>();
        limits.put("volumes", (long) config.get(Options.QUOTA_VOLUMES));
        limits.put("per_volume_gigabytes", (long) config.get(Options.QUOTA_PER_VOLUME));
        limits.put("snapshots", (long) config.get(Options.QUOTA_SNAPSHOTS));
        limits.put("gigabytes", (long) config.get(Options.QUOTA_GIGABYTES));
        limits.put("backups", (long) config.get(Options.QUOTA_BACKUPS));
        limits.put("backup_gigabytes", (long) config.get(Options.QUOTA_BACKUP_GIGABYTES));
        limits.put("groups", (long) config.get(Options.QUOTA_GROUPS));
        return limits;
    }

    /// @return names of the back ends: option `enabled_backends`, or [#BACKEND] alone
    public static List<String> backends(Config config) {
        var names = config.get(Options.BACKENDS);
        return names.isEmpty() ? List.of(BACKEND) : names;
    }

    /// The driver `file` for each back end: volumes in the data directory, cleared as the options say. The back end
    /// [#BACKEND] has `block-storage/volumes`, any other `block-storage/volumes-NAME`.
    public static Map<String, VolumeDriver> fileDrivers(Kernel kernel) {
        var commands = Commands.system();
        var found = new LinkedHashMap<String, VolumeDriver>();
        for (var name : backends(kernel.config()))
            found.put(
                    name,
                    new FileVolumeDriver(
                            kernel.data().resolve("block-storage/volumes" + (name.equals(BACKEND) ? "" : "-" + name)),
                            new DiskFiles(commands),
                            new QemuImg(commands),
                            Options.clearing(kernel.config())));
        return found;
    }

    /// @return every option of this room
    public static List<Option<?>> options() {
        return Options.all();
    }

    /// Compute's front door.
    public ServerVolumes serverVolumes() {
        return attaching.serverVolumes();
    }

    /// Tells compute when a volume that servers have has grown.
    public void onGrown(ExtendVolume.Grown listener) {
        extend.onGrown(listener);
    }

    @Override
    public ApiService service() {
        return new ApiService(
                        "block-storage",
                        "/volume",
                        List.of(8776),
                        FaultDialect.BLOCK_STORAGE,
                        Optional.of(new Microversions(
                                "volume",
                                Microversion.of("3.0"),
                                Microversion.of("3.71"),
                                Optional.empty(),
                                List.of())))
                .withProjectPrefixes("/v3", "/v2")
                .withStrictSlash();
    }

    @Override
    public List<Route> routes() {
        return routes;
    }

    @Override
    public Policy policy() {
        return policy;
    }

    @Override
    public List<Reconciler> reconcilers() {
        return List.of(capacity, stuck, messages);
    }

    @Override
    public Map<String, StateTable<?, ?>> states() {
        return Map.of(
                "volume", VolumeStatus.moves(),
                "snapshot", SnapshotStatus.moves(),
                "backup", BackupStatus.moves(),
                "volume group", GroupStatus.moves(),
                "attachment", AttachStatus.moves());
    }

    @Override
    public List<Invariant> invariants() {
        return invariants;
    }

    /// Makes the default volume type and reports the pools, so that the first request finds them.
    @Override
    public void start() {
        remind();
        types.ensureDefault();
        groupTypes.ensureDefault();
        capacity.reconcile();
    }

    /// Back ends that live in this process's memory are told what they hold.
    private void remind() {
        drivers.forEach((backend, driver) -> {
            if (!(driver instanceof VolumeDriver.Forgetful forgetful)) return;
            var pool = host + "@" + backend + "#" + backend;
            db.read(tx -> {
                var volumes = new LinkedHashMap<String, Integer>();
                var snapshots = new LinkedHashMap<String, Integer>();
                for (var v : new VolumeStore(tx).all()) {
                    if (v.launchedAt().isEmpty() || !v.host().equals(Optional.of(pool))) continue;
                    if (v.status() != VolumeStatus.DELETING) volumes.put(v.id(), v.sizeGib());
                    for (var s : new SnapshotStore(tx).ofVolume(v.id()))
                        if (!SnapshotStatus.IN_FLIGHT.contains(s.status())) snapshots.put(s.id(), s.sizeGib());
                }
                forgetful.remember(volumes, snapshots);
                return true;
            });
        });
    }

    @Override
    public void stop() {
        agents.forEach(VolumeAgent::close);
    }
}
