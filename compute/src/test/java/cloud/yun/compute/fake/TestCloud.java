package cloud.yun.compute.fake;

import cloud.yun.blockstorage.BlockStorageModule;
import cloud.yun.blockstorage.driver.SimulatedVolumeDriver;
import cloud.yun.compute.ComputePolicyForTests;
import cloud.yun.compute.agent.Agents;
import cloud.yun.compute.agent.ComputeAgent;
import cloud.yun.compute.agent.HostCommand;
import cloud.yun.compute.agent.LocalAgents;
import cloud.yun.compute.api.ComputeApi;
import cloud.yun.compute.driver.SimulatedHypervisor;
import cloud.yun.compute.flavor.FlavorService;
import cloud.yun.compute.keypair.KeypairService;
import cloud.yun.compute.lifecycle.PowerSync;
import cloud.yun.compute.lifecycle.Wiring;
import cloud.yun.compute.quota.ComputeQuotas;
import cloud.yun.compute.scheduler.HostReports;
import cloud.yun.compute.server.Notifications;
import cloud.yun.compute.server.Server;
import cloud.yun.compute.server.ServerStore;
import cloud.yun.compute.serverapi.ServerAccess;
import cloud.yun.compute.serverapi.ServersPart;
import cloud.yun.image.ImageModule;
import cloud.yun.image.Images;
import cloud.yun.kernel.Kernel;
import cloud.yun.kernel.bus.InProcessBus;
import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.config.Option;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.event.Events;
import cloud.yun.kernel.flow.Flows;
import cloud.yun.kernel.policy.Policy;
import cloud.yun.placement.PlacementModule;
import cloud.yun.testing.PostgresServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// Compute with its real neighbours but the network, on simulated hosts and volumes, in one process.
public final class TestCloud implements AutoCloseable {
    private static final List<String> ROOMS =
            List.of("kernel", "image", "placement", "block-storage", "compute", "compute-fakes");

    public final Path data;
    public final Database db;
    public final Flows flows;
    public final FakePorts ports = new FakePorts();
    public final FakeHosts hosts = new FakeHosts();
    public final SimulatedVolumeDriver volumeDriver;
    public final List<SimulatedHypervisor> hypervisors;
    public final Kernel kernel;
    public final Images images;
    public final BlockStorageModule storage;
    public final PlacementModule placement;
    public final Wiring wiring;
    public final ServersPart part;
    public final ServerAccess access;
    public final PowerSync sync;
    public final Policy policy;
    private final LocalAgents agents;
    private final FlavorService flavors;

    /// @param text further configuration
    public static TestCloud sqlite(String text, int hosts) {
        try {
            var data = Files.createTempDirectory("yun-compute");
            var db = Database.sqlite(data);
            db.migrate(ROOMS);
            return new TestCloud(data, db, text, hosts, new SimulatedVolumeDriver(10_000));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static TestCloud postgresql(String text, int hosts) {
        try {
            var db = Database.postgresql(PostgresServer.newDatabase(), 8);
            db.migrate(ROOMS);
            return new TestCloud(
                    Files.createTempDirectory("yun-compute"), db, text, hosts, new SimulatedVolumeDriver(10_000));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static TestCloud sqlite() {
        return sqlite("", 1);
    }

    private TestCloud(Path data, Database db, String text, int hostCount, SimulatedVolumeDriver volumeDriver) {
        this.data = data;
        this.db = db;
        this.volumeDriver = volumeDriver;
        var options = new ArrayList<Option<?>>();
        options.addAll(ImageModule.options());
        options.addAll(PlacementModule.options());
        options.addAll(BlockStorageModule.options());
        options.addAll(ComputeQuotas.options());
        options.addAll(Agents.options());
        options.addAll(HostReports.options());
        options.addAll(ServersPart.options());
        options.addAll(LocalAgents.options());
        var config = Config.parse(options, text);
        var clock = Clock.systemUTC();
        flows = new Flows(db, clock);
        kernel = new Kernel(
                db, flows, new Events(db, clock), new InProcessBus(), config, clock, UUID::randomUUID, data, "host1");
        var imageModule = new ImageModule(kernel);
        images = imageModule.images();
        placement = new PlacementModule(kernel);
        storage = new BlockStorageModule(kernel, images, volumeDriver);
        hypervisors = new ArrayList<>();
        for (int i = 1; i <= hostCount; i++)
            hypervisors.add(new SimulatedHypervisor("host" + i, SimulatedHypervisor.Size.LARGE, clock));
        policy = ComputePolicyForTests.of(Map.of());
        var quotas = ComputeQuotas.of(config);
        wiring = new Wiring(
                db,
                flows,
                clock,
                kernel.ids(),
                config,
                new Agents(kernel.bus(), config),
                images,
                placement.placement(),
                ports,
                storage.serverVolumes(),
                new FakeGroups(),
                hosts,
                quotas,
                new Notifications(kernel.events()),
                _ -> Map.of("openstack/latest/meta_data.json", "{}"));
        access = new ServerAccess(db, policy);
        flavors = new FlavorService(db, clock);
        part = new ServersPart(wiring, access, flavors, new KeypairService(db, clock, policy, quotas));
        sync = part.powerSync();
        var reports = new HostReports(db, placement.placement(), hosts, config);
        kernel.bus()
                .serve(
                        ComputeAgent.CONDUCTOR,
                        m -> m instanceof HostCommand.HostReport r ? reports.received(r) : new HostCommand.Done());
        agents = new LocalAgents(
                hypervisors.stream()
                        .map(h -> new ComputeAgent(kernel.bus(), h.host().hostname(), h, 0))
                        .toList(),
                Duration.ofSeconds(10));
        imageModule.start();
        placement.start();
        storage.start();
        flavors.seed();
        agents.start();
        flows.begin();
    }

    public SimulatedHypervisor hypervisor() {
        return hypervisors.getFirst();
    }

    /// An image with data, seen by everybody.
    public String image() {
        return image(UUID.randomUUID().toString());
    }

    public String image(String id) {
        db.write(tx -> images.create(
                tx, ComputeApi.admin(), new Images.Draft(id, "tiny", "public", "raw", "bare", 0, 0, Map.of())));
        images.upload(id, new ByteArrayInputStream(new byte[1024]));
        return id;
    }

    public Server server(String id) {
        return db.read(tx -> new ServerStore(tx).findAny(id)).orElseThrow();
    }

    public void idle() throws InterruptedException {
        if (!flows.awaitIdle(Duration.ofSeconds(30))) throw new IllegalStateException("flows still run");
    }

    /// Everything that servers have on hosts and in other rooms; empty when nothing is left.
    public String remains() {
        var left = new ArrayList<String>();
        for (var h : hypervisors) {
            left.addAll(h.guests().keySet());
            left.addAll(h.serversWithFiles());
        }
        left.addAll(ports.plugged);
        left.addAll(volumeDriver.connections());
        long allocations = db.read(tx -> placement.placement().providers(tx).stream()
                .flatMap(p -> p.resources().values().stream())
                .mapToLong(r -> r.used())
                .sum());
        if (allocations > 0) left.add("allocations " + allocations);
        left.addAll(violations());
        return String.join(", ", left);
    }

    /// @return what does not hold between the rooms; rows that a flow works on are left out
    public List<String> violations() {
        var wrong = new ArrayList<String>();
        for (var invariants : List.of(part.invariants(), placement.invariants(), storage.invariants()))
            invariants.forEach(i -> wrong.addAll(i.violations()));
        return wrong;
    }

    @Override
    public void close() {
        agents.stop();
        storage.stop();
        flows.close();
        db.close();
    }
}
