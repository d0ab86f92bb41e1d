package cloud.yun.blockstorage;

import cloud.yun.blockstorage.agent.Backends;
import cloud.yun.blockstorage.agent.VolumeAgent;
import cloud.yun.blockstorage.attachment.Attaching;
import cloud.yun.blockstorage.driver.FileVolumeDriver;
import cloud.yun.blockstorage.driver.VolumeDriver;
import cloud.yun.blockstorage.quota.VolumeQuota;
import cloud.yun.blockstorage.scheduler.FilterScheduler;
import cloud.yun.blockstorage.service.CapacityReport;
import cloud.yun.blockstorage.type.TypeService;
import cloud.yun.blockstorage.volume.BuildVolume;
import cloud.yun.blockstorage.volume.CreateVolume;
import cloud.yun.blockstorage.volume.DeleteVolume;
import cloud.yun.blockstorage.volume.ExtendVolume;
import cloud.yun.blockstorage.volume.ScheduleVolume;
import cloud.yun.blockstorage.volume.UploadVolume;
import cloud.yun.blockstorage.volume.VolumeActionRoutes;
import cloud.yun.blockstorage.volume.VolumeNotices;
import cloud.yun.blockstorage.volume.VolumeRoutes;
import cloud.yun.blockstorage.volume.VolumeService;
import cloud.yun.host.disk.DiskFiles;
import cloud.yun.host.disk.QemuImg;
import cloud.yun.host.process.Commands;
import cloud.yun.image.Images;
import cloud.yun.kernel.Kernel;
import cloud.yun.kernel.Room;
import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.config.Option;
import cloud.yun.kernel.http.ApiService;
import cloud.yun.kernel.http.ApiService.Microversions;
import cloud.yun.kernel.http.FaultDialect;
import cloud.yun.kernel.http.Microversion;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.policy.Policy;
import cloud.yun.kernel.reconcile.Reconciler;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The block-storage room, wired: what it needs is in the constructor, what it offers are the methods.
public final class BlockStorageModule implements Room {
    /// Name of the back end when there is only one.
    public static final String BACKEND = "local";

    private final Policy policy;
    private final TypeService types;
    private final CapacityReport capacity;
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
        var db = kernel.db();
        var flows = kernel.flows();
        var clock = kernel.clock();
        var zone = config.get(Options.ZONE);
        policy = new Policy(Rules.defaults(), Optional.of(kernel.data().resolve("block-storage/policy.yaml")));
        new java.util.TreeMap<>(drivers)
                .forEach((backend, driver) ->
                        agents.add(new VolumeAgent(kernel.bus(), kernel.host() + "@" + backend, driver, images)));
        var backends = new Backends(kernel.bus());
        var notices = new VolumeNotices(kernel.events());
        var quota = new VolumeQuota(limits(config));
        types = new TypeService(db, clock, kernel.ids(), config.get(Options.DEFAULT_TYPE));
        var scheduler = new FilterScheduler(
                new FilterScheduler.Settings(
                        config.get(Options.FILTERS),
                        config.get(Options.WEIGHERS),
                        config.get(Options.CAPACITY_MULTIPLIER),
                        config.get(Options.SERVICE_DOWN)),
                clock);
        var build = new BuildVolume(db, flows, backends, notices, clock, config.get(Options.ATTEMPTS));
        var schedule = new ScheduleVolume(flows, scheduler, notices, clock, build);
        var create = new CreateVolume(flows, quota, schedule);
        var delete = new DeleteVolume(flows, backends, quota, notices, clock);
        extend = new ExtendVolume(db, flows, backends, quota, notices, clock);
        var upload = new UploadVolume(flows, backends, images, clock);
        var volumes = new VolumeService(
                db,
                policy,
                clock,
                kernel.ids(),
                images,
                types,
                new VolumeService.Works(create, delete, extend, upload),
                zone);
        attaching = new Attaching(db, flows, policy, backends, notices, clock, kernel.ids(), volumes, delete);
        capacity = new CapacityReport(
                db,
                backends,
                clock,
                kernel.ids(),
                new CapacityReport.Places(
                        kernel.host(), agents.stream().map(VolumeAgent::host).toList(), zone),
                new CapacityReport.Terms(config.get(Options.RESERVED), config.get(Options.OVER_SUBSCRIPTION)),
                config.get(Options.REPORT));
        var all = new ArrayList<Route>();
        all.addAll(new VolumeRoutes(volumes, policy).routes());
        all.addAll(new VolumeActionRoutes(volumes).routes());
        all.addAll(attaching.routes());
        routes = List.copyOf(all);
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

    /// The driver `file`: volumes in the data directory, cleared as the options say.
    public static VolumeDriver fileDriver(Kernel kernel) {
        var commands = Commands.system();
        return new FileVolumeDriver(
                kernel.data().resolve("block-storage/volumes"),
                new DiskFiles(commands),
                new QemuImg(commands),
                Options.clearing(kernel.config()));
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
                .withProjectPrefixes("/v3", "/v2");
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
        return List.of(capacity);
    }

    /// Makes the default volume type and reports the pools, so that the first request finds them.
    @Override
    public void start() {
        types.ensureDefault();
        capacity.reconcile();
    }

    @Override
    public void stop() {
        agents.forEach(VolumeAgent::close);
    }
}
