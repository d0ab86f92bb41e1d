package cloud.yun.app;

import cloud.yun.blockstorage.BlockStorageModule;
import cloud.yun.compute.ComputeModule;
import cloud.yun.compute.Peers;
import cloud.yun.compute.console.ConsoleProxy;
import cloud.yun.compute.driver.libvirt.LibvirtOptions;
import cloud.yun.identity.IdentityModule;
import cloud.yun.image.ImageModule;
import cloud.yun.kernel.Kernel;
import cloud.yun.kernel.Room;
import cloud.yun.kernel.bus.InProcessBus;
import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.config.Option;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.event.Events;
import cloud.yun.kernel.flow.FlowProbe;
import cloud.yun.kernel.flow.Flows;
import cloud.yun.kernel.http.Gateway;
import cloud.yun.kernel.http.Peer;
import cloud.yun.kernel.http.ServiceHandler;
import cloud.yun.kernel.reconcile.Reconciler;
import cloud.yun.kernel.reconcile.ReconcilerLoop;
import cloud.yun.kernel.simulation.Conditions;
import cloud.yun.network.NetworkModule;
import cloud.yun.objectstore.ObjectStoreModule;
import cloud.yun.placement.PlacementModule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The whole cloud in one process: wires the rooms, starts and stops them in order.
public final class Cloud implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Cloud.class);
    private static final Duration EVENTS_KEEP = Duration.ofDays(7);

    /// Each room's migrations.
    static final List<String> SCHEMAS =
            List.of("kernel", "identity", "image", "placement", "network", "block-storage", "compute", "object-store");

    private final Database db;
    private final Flows flows;
    private final Gateway gateway;
    private final List<Room> rooms;
    private final List<ReconcilerLoop> loops;
    private final IdentityModule identity;
    private final Drivers drivers;

    /// @param data an existing directory
    public Cloud(Config config, Path data) {
        this(config, data, Clock.systemUTC());
    }

    Cloud(Config config, Path data, Clock clock) {
        db = database(config, data);
        db.migrate(SCHEMAS);
        flows = new Flows(db, clock);
        var kernel = new Kernel(
                db,
                flows,
                new Events(db, clock),
                new InProcessBus(),
                config,
                clock,
                UUID::randomUUID,
                data,
                host(config));
        var conditions = new Conditions(new SplittableRandom());
        drivers = Drivers.of(kernel, conditions);
        identity = new IdentityModule(kernel);
        var image = new ImageModule(kernel);
        var placement = new PlacementModule(kernel);
        var network = new NetworkModule(kernel, drivers.network());
        var blockStorage = new BlockStorageModule(kernel, image.images(), drivers.volumes());
        var compute = new ComputeModule(
                kernel,
                image.images(),
                placement.placement(),
                network.serverPorts(),
                blockStorage.serverVolumes(),
                new Peers(peer(image), peer(network), peer(blockStorage)),
                drivers.hypervisor());
        var objectStore = new ObjectStoreModule(kernel);
        network.metadata(compute.metadata());
        blockStorage.onGrown(compute::volumeGrown);
        List<Room> services = List.of(identity, image, placement, network, blockStorage, compute, objectStore);
        var all = new ArrayList<Room>(services);
        all.add(new AdminRoom(
                flows,
                kernel.events(),
                services,
                simulation(config, conditions),
                identity.standing(),
                identity.enrolment(),
                data));
        rooms = List.copyOf(all);
        var authenticator = identity.authenticator();
        boolean timing = config.get(YunOptions.SERVER_TIMING);
        gateway = new Gateway(
                new Gateway.Listen(
                        config.get(YunOptions.LISTEN),
                        config.get(YunOptions.PORT),
                        config.get(YunOptions.CLASSIC_PORTS)),
                rooms.stream()
                        .map(r -> new ServiceHandler(r.service(), r.routes(), r.policy(), authenticator, timing))
                        .toList(),
                java.util.Map.of(ConsoleProxy.MOUNT, compute.consoleProxy()));
        loops = loops(kernel);
        probe(config);
    }

    private static Peer peer(Room room) {
        return new Peer(room.service(), room.routes(), room.policy());
    }

    private static Optional<Conditions> simulation(Config config, Conditions conditions) {
        return ComputeDriver.of(config).simulated().map(_ -> conditions);
    }

    /// Every option that a configuration file may set.
    public static List<Option<?>> options() {
        var all = new ArrayList<Option<?>>(YunOptions.ALL);
        all.addAll(IdentityModule.options());
        all.addAll(ImageModule.options());
        all.addAll(PlacementModule.options());
        all.addAll(NetworkModule.options());
        all.addAll(BlockStorageModule.options());
        all.addAll(ComputeModule.options());
        all.addAll(ObjectStoreModule.options());
        all.addAll(LibvirtOptions.options());
        all.addAll(Conditions.options());
        return List.copyOf(all);
    }

    static Database database(Config config, Path data) {
        var connection = config.get(YunOptions.CONNECTION);
        if (connection.isEmpty()) return Database.sqlite(data);
        return Database.postgresql(Connections.jdbc(connection), config.get(YunOptions.POOL));
    }

    private static String host(Config config) {
        var configured = config.get(YunOptions.HOST);
        if (!configured.isEmpty()) return configured;
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<ReconcilerLoop> loops(Kernel kernel) {
        var all = new ArrayList<Reconciler>();
        all.add(flows.reconciler());
        all.add(new Reconciler() {
            @Override
            public String name() {
                return "events-ageing";
            }

            @Override
            public Duration period() {
                return Duration.ofMinutes(10);
            }

            @Override
            public void reconcile() {
                kernel.events().forget(EVENTS_KEEP);
            }
        });
        for (var room : rooms) all.addAll(room.reconcilers());
        return all.stream().map(ReconcilerLoop::new).toList();
    }

    private void probe(Config config) {
        var halt = config.get(YunOptions.FLOW_HALT);
        if (halt.isEmpty()) return;
        LOG.warn("this process will kill itself after {}: a crash test", halt);
        int sharp = halt.indexOf('#');
        var point = sharp < 0 ? halt : halt.substring(0, sharp);
        var left = new AtomicInteger(sharp < 0 ? 1 : Integer.parseInt(halt.substring(sharp + 1)));
        flows.probe(new FlowProbe() {
            @Override
            public void betweenTasks(String flow, String task) {
                if (point.equals(flow + "/" + task) && left.decrementAndGet() == 0) killMyself();
            }
        });
    }

    private static void killMyself() {
        try {
            new ProcessBuilder(
                            "kill",
                            "-KILL",
                            Long.toString(ProcessHandle.current().pid()))
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Returns when every API answers.
    public void start() {
        rooms.forEach(Room::start);
        flows.begin();
        loops.forEach(ReconcilerLoop::start);
        gateway.start();
    }

    public int port() {
        return gateway.port();
    }

    public IdentityModule identity() {
        return identity;
    }

    public Flows flows() {
        return flows;
    }

    public List<Room> rooms() {
        return rooms;
    }

    /// Guests, networks and volumes stay; requests in flight are finished or go on at the next start.
    @Override
    public void close() {
        gateway.close();
        loops.forEach(ReconcilerLoop::close);
        flows.close();
        rooms.reversed().forEach(Room::stop);
        drivers.close();
        db.close();
    }
}
