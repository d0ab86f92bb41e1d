package cloud.yun.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.yun.blockstorage.BlockStorageModule;
import cloud.yun.blockstorage.driver.SimulatedVolumeDriver;
import cloud.yun.compute.api.ComputeApi;
import cloud.yun.compute.driver.SimulatedHypervisor;
import cloud.yun.compute.fake.FakePorts;
import cloud.yun.image.ImageModule;
import cloud.yun.image.Images;
import cloud.yun.kernel.Kernel;
import cloud.yun.kernel.Room;
import cloud.yun.kernel.bus.InProcessBus;
import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.config.Option;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.event.Events;
import cloud.yun.kernel.flow.Flows;
import cloud.yun.kernel.http.ApiService;
import cloud.yun.kernel.http.FaultDialect;
import cloud.yun.kernel.http.Gateway;
import cloud.yun.kernel.http.Peer;
import cloud.yun.kernel.http.ServiceHandler;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.policy.Policy;
import cloud.yun.placement.PlacementModule;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The room as it is wired, with its neighbours, restarted on the same data.
class ComputeModuleTest {
    private static final String IMAGE = "41163c11-9ed2-4d81-b1b0-5cf629d9a37c";

    private static final Peer NOBODY = new Peer(
            new ApiService("nobody", "/nobody", List.of(), FaultDialect.YUN, Optional.empty()),
            List.of(),
            new Policy(Map.of(), Optional.empty()));

    private final HttpClient client = HttpClient.newHttpClient();

    /// One life of the process.
    private static final class House implements AutoCloseable {
        final Database db;
        final Flows flows;
        final List<Room> rooms;
        final Images images;
        final SimulatedHypervisor hypervisor;
        final ComputeModule compute;
        final Gateway gateway;

        House(Path data) {
            db = Database.sqlite(data);
            db.migrate(List.of("kernel", "image", "placement", "block-storage", "compute", "compute-fakes"));
            var options = new ArrayList<Option<?>>();
            options.addAll(ImageModule.options());
            options.addAll(PlacementModule.options());
            options.addAll(BlockStorageModule.options());
            options.addAll(ComputeModule.options());
            var clock = Clock.systemUTC();
            flows = new Flows(db, clock);
            var kernel = new Kernel(
                    db,
                    flows,
                    new Events(db, clock),
                    new InProcessBus(),
                    Config.parse(options, "[simulated]\nhosts = 3\n"),
                    clock,
                    UUID::randomUUID,
                    data,
                    "host1");
            var image = new ImageModule(kernel);
            images = image.images();
            var placement = new PlacementModule(kernel);
            var storage = new BlockStorageModule(kernel, images, new SimulatedVolumeDriver(1000));
            hypervisor = new SimulatedHypervisor("host1", SimulatedHypervisor.Size.LARGE, clock);
            compute = new ComputeModule(
                    kernel,
                    images,
                    placement.placement(),
                    new FakePorts(),
                    storage.serverVolumes(),
                    new Peers(NOBODY, NOBODY, NOBODY),
                    hypervisor);
            rooms = List.of(image, placement, storage, compute);
            rooms.forEach(Room::start);
            flows.begin();
            gateway = new Gateway(
                    new Gateway.Listen("127.0.0.1", 0, false),
                    List.of(new ServiceHandler(
                            compute.service(),
                            compute.routes(),
                            compute.policy(),
                            t -> Optional.of(t.equals("admin") ? ComputeApi.admin() : ComputeApi.demo()))),
                    Map.of());
            gateway.start();
        }

        @Override
        public void close() {
            gateway.close();
            rooms.reversed().forEach(Room::stop);
            flows.close();
            db.close();
        }
    }

    private JsonNode call(House house, String method, String path, String body) throws Exception {
        var response = client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + house.gateway.port() + "/compute" + path))
                        .header("X-Auth-Token", "admin")
                        .header("OpenStack-API-Version", "compute 2.103")
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isLessThan(300);
        return response.body().isEmpty() ? Json.object() : Json.stored(response.body());
    }

    @Test
    void aServer_onManySimulatedHosts_runsAgainAfterARestart(@TempDir Path data) throws Exception {
        var ids = new ArrayList<String>();
        try (var house = new House(data)) {
            house.db.write(tx -> house.images.create(
                    tx, ComputeApi.admin(), new Images.Draft(IMAGE, "i", "public", "raw", "bare", 0, 0, Map.of())));
            house.images.upload(IMAGE, new ByteArrayInputStream(new byte[16]));
            for (int i = 0; i < 6; i++)
                ids.add(call(house, "POST", "/v2.1/servers", """
                        {"server": {"name": "s", "flavorRef": "1", "imageRef": "%s", "networks": "auto"}}
                        """.formatted(IMAGE))
                        .path("server")
                        .path("id")
                        .asString());
            await().until(() -> active(house) == 6);
            var hosts = call(house, "GET", "/v2.1/servers/detail", "")
                    .path("servers")
                    .valueStream()
                    .map(s -> s.path("OS-EXT-SRV-ATTR:host").asString())
                    .distinct()
                    .toList();
            assertThat(hosts).as("spread over the hosts").hasSize(3);
            assertThat(violations(house)).isEmpty();
        }
        try (var house = new House(data)) {
            await().until(() -> violations(house).isEmpty());
            assertThat(active(house)).isEqualTo(6);
            assertThat(call(house, "GET", "/v2/servers/" + ids.getFirst(), "")
                            .path("server")
                            .has("description"))
                    .as("/v2 is the first microversion")
                    .isFalse();
            for (var id : ids) call(house, "DELETE", "/v2.1/servers/" + id, "");
            await().until(() ->
                    call(house, "GET", "/v2.1/servers", "").path("servers").isEmpty());
            assertThat(house.flows.awaitIdle(java.time.Duration.ofSeconds(10))).isTrue();
            assertThat(violations(house)).isEmpty();
            assertThat(house.hypervisor.guests()).isEmpty();
        }
    }

    private long active(House house) throws Exception {
        return call(house, "GET", "/v2.1/servers?status=ACTIVE", "")
                .path("servers")
                .size();
    }

    private static List<String> violations(House house) {
        return house.compute.invariants().stream()
                .flatMap(i -> i.violations().stream())
                .toList();
    }
}
