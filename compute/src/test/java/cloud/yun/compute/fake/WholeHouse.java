package cloud.yun.compute.fake;

import static org.awaitility.Awaitility.await;

import cloud.yun.blockstorage.BlockStorageModule;
import cloud.yun.blockstorage.driver.SimulatedVolumeDriver;
import cloud.yun.compute.ComputeModule;
import cloud.yun.compute.Peers;
import cloud.yun.compute.api.ComputeApi;
import cloud.yun.compute.api.ComputeApi.Answer;
import cloud.yun.compute.driver.SimulatedHypervisor;
import cloud.yun.image.ImageModule;
import cloud.yun.image.Images;
import cloud.yun.kernel.Kernel;
import cloud.yun.kernel.Room;
import cloud.yun.kernel.auth.Authenticator;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.bus.InProcessBus;
import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.config.Option;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.event.Events;
import cloud.yun.kernel.flow.Flows;
import cloud.yun.kernel.http.Gateway;
import cloud.yun.kernel.http.Peer;
import cloud.yun.kernel.http.ServiceHandler;
import cloud.yun.kernel.json.Json;
import cloud.yun.network.NetworkModule;
import cloud.yun.network.driver.SimulatedNetworkDriver;
import cloud.yun.placement.PlacementModule;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/// The compute room with all its real neighbours on simulated drivers, and its API on a socket. Who the callers are
/// is said by their tokens: `admin`, `demo`, `reader`.
public final class WholeHouse implements AutoCloseable {
    public final Database db;
    public final Flows flows;
    public final SimulatedHypervisor hypervisor;
    public final Peer image;
    public final Peer network;
    public final Peer volume;
    public final Images images;
    public final ComputeModule compute;
    private final List<Room> rooms;
    private final Gateway gateway;

    public WholeHouse() {
        this("host1", WholeHouse::authenticate);
    }

    /// @param host its name
    /// @param callers who is behind a token
    public WholeHouse(String host, Authenticator callers) {
        try {
            var data = Files.createTempDirectory("yun-whole");
            db = Database.sqlite(data);
            db.migrate(List.of("kernel", "image", "placement", "network", "block-storage", "compute"));
            var options = new ArrayList<Option<?>>();
            options.addAll(ImageModule.options());
            options.addAll(PlacementModule.options());
            options.addAll(NetworkModule.options());
            options.addAll(BlockStorageModule.options());
            options.addAll(ComputeModule.options());
            var clock = Clock.systemUTC();
            flows = new Flows(db, clock);
            var kernel = new Kernel(
                    db,
                    flows,
                    new Events(db, clock),
                    new InProcessBus(),
                    Config.parse(options, ""),
                    clock,
                    UUID::randomUUID,
                    data,
                    host);
            var imageModule = new ImageModule(kernel);
            images = imageModule.images();
            var placement = new PlacementModule(kernel);
            var networkModule = new NetworkModule(kernel, new SimulatedNetworkDriver());
            var storage = new BlockStorageModule(kernel, images, new SimulatedVolumeDriver(10_000));
            image = peer(imageModule);
            network = peer(networkModule);
            volume = peer(storage);
            hypervisor = new SimulatedHypervisor(host, SimulatedHypervisor.Size.LARGE, clock);
            compute = new ComputeModule(
                    kernel,
                    images,
                    placement.placement(),
                    networkModule.serverPorts(),
                    storage.serverVolumes(),
                    new Peers(image, network, volume),
                    hypervisor);
            networkModule.metadata(compute.metadata());
            storage.onGrown(compute::volumeGrown);
            rooms = List.of(imageModule, placement, networkModule, storage, compute);
            rooms.forEach(Room::start);
            flows.begin();
            gateway = new Gateway(
                    new Gateway.Listen("127.0.0.1", 0, false),
                    List.of(new ServiceHandler(compute.service(), compute.routes(), compute.policy(), callers)),
                    Map.of());
            gateway.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Peer peer(Room room) {
        return new Peer(room.service(), room.routes(), room.policy());
    }

    private static Optional<Caller> authenticate(String token) {
        return switch (token) {
            case "admin" -> Optional.of(ComputeApi.admin());
            case "demo" -> Optional.of(ComputeApi.demo());
            case "reader" -> Optional.of(ComputeApi.caller(ComputeApi.DEMO_USER, ComputeApi.DEMO_PROJECT, "reader"));
            default -> Optional.empty();
        };
    }

    /// @return `http://127.0.0.1:PORT/compute`
    public String url() {
        return "http://127.0.0.1:" + gateway.port() + "/compute";
    }

    /// @param body JSON, with `'` for `"`; empty for none
    public Answer send(String token, String version, String method, String path, String body) {
        return ComputeApi.send(url(), token, version, method, path, body.isEmpty() ? null : body);
    }

    /// Without the header of a microversion.
    ///
    /// @param headers name and value, in turn
    public Answer plain(String token, String method, String path, String body, String... headers) {
        return ComputeApi.plain(url(), token, method, path, body.isEmpty() ? null : body, headers);
    }

    public Answer get(String token, String version, String path) {
        return send(token, version, "GET", path, "");
    }

    /// @return what the network room made
    public JsonNode made(Caller caller, String kind, String body) {
        var path = "/v2.0/" + (kind.equals("policy") ? "policies" : kind.replace('_', '-') + "s");
        return network.post(caller, path.replace("floating-ip", "floatingip"), Json.stored(body.replace('\'', '"')))
                .path(kind);
    }

    /// An image with data, the demo user's.
    public String image(String name) {
        var id = UUID.randomUUID().toString();
        image(name, id, ComputeApi.demo());
        return id;
    }

    /// An image with data, its owner's own.
    public void image(String name, String id, Caller owner) {
        db.write(tx -> images.create(tx, owner, new Images.Draft(id, name, "private", "raw", "bare", 0, 0, Map.of())));
        images.upload(id, new ByteArrayInputStream(new byte[1024]));
    }

    /// A running server of the demo user's.
    ///
    /// @param more of the request's server, JSON with `'` for `"`, beginning with a comma
    public String server(String name, String imageId, String more) {
        var answer = send(
                "demo",
                "2.37",
                "POST",
                "/v2.1/servers",
                "{'server':{'name':'%s','imageRef':'%s','flavorRef':'1'%s}}".formatted(name, imageId, more));
        if (answer.status() != 202)
            throw new IllegalStateException(answer.body().toString());
        var id = answer.body().path("server").path("id").asString();
        await().atMost(Duration.ofSeconds(30)).until(() -> !status(id).equals("BUILD"));
        if (!status(id).equals("ACTIVE"))
            throw new IllegalStateException(
                    get("admin", "2.1", "/v2.1/servers/" + id).body().toString());
        return id;
    }

    public String status(String serverId) {
        return get("admin", "2.1", "/v2.1/servers/" + serverId)
                .body()
                .path("server")
                .path("status")
                .asString("");
    }

    @Override
    public void close() {
        gateway.close();
        rooms.reversed().forEach(Room::stop);
        flows.close();
        db.close();
    }
}
