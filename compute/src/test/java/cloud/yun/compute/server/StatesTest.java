package cloud.yun.compute.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.yun.compute.api.ComputeApi;
import cloud.yun.compute.driver.HypervisorDriver.PowerState;
import cloud.yun.compute.flavor.Flavors.Flavor;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.error.CloudException.Conflict;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatesTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);

    private static Database database(String kind) {
        return kind.equals("sqlite") ? ComputeApi.sqlite() : ComputeApi.postgresql();
    }

    private static Server server(VmState vm, TaskState task) {
        var none = Optional.<String>empty();
        return new Server(
                0,
                UUID.randomUUID().toString(),
                "p",
                "u",
                "name",
                "host-name",
                none,
                vm,
                task,
                PowerState.NOSTATE,
                none,
                none,
                new Server.Wanted(
                        none,
                        none,
                        none,
                        none,
                        "{}",
                        none,
                        none,
                        Optional.of("secret"),
                        "/dev/vda",
                        "MANUAL",
                        0,
                        0,
                        Map.of("k", "v"),
                        Map.of(),
                        List.of()),
                new Flavor("1", "m1.tiny", 1, 512, 1, 0, 0, false, true, none, Map.of()),
                Optional.of("i"),
                none,
                true,
                "r-12345678",
                0,
                Map.of("a", "b"),
                none,
                none,
                none,
                none,
                Optional.empty(),
                "",
                NOW,
                NOW,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void everyMove_isInTheTableOrRefused(String kind) {
        try (var db = database(kind)) {
            for (var from : VmState.values())
                for (var event : VmState.Event.values()) {
                    var server = server(from, TaskState.NONE);
                    db.write(tx -> new ServerStore(tx).insert(server));
                    var to = VmState.TABLE.next(from, event);
                    if (to.isEmpty()) {
                        assertThatThrownBy(() ->
                                        db.write(tx -> new ServerStore(tx).end(server, event, PowerState.RUNNING, NOW)))
                                .isInstanceOf(Conflict.class);
                        continue;
                    }
                    db.write(tx -> new ServerStore(tx).end(server, event, PowerState.RUNNING, NOW));
                    var seen = db.read(tx -> new ServerStore(tx).findAny(server.id()))
                            .orElseThrow();
                    assertThat(seen.vmState()).isEqualTo(to.get());
                    assertThat(seen.deletedAt().isPresent()).isEqualTo(to.get() == VmState.DELETED);
                    assertThat(seen.metadata()).isEqualTo(Map.of("a", "b"));
                    assertThat(seen.wanted()).isEqualTo(server.wanted());
                    assertThat(seen.flavor()).isEqualTo(server.flavor());
                    assertThatThrownBy(() -> db.write(tx -> new ServerStore(tx).metadata(server, Map.of(), NOW)))
                            .as("another writer was first")
                            .isInstanceOf(Conflict.class);
                }
            for (var from : TaskState.values())
                for (var event : TaskState.Event.values()) {
                    if (event == TaskState.Event.END) continue;
                    var server = server(VmState.ACTIVE, from);
                    db.write(tx -> new ServerStore(tx).insert(server));
                    var to = TaskState.TABLE.next(from, event);
                    if (to.isEmpty())
                        assertThatThrownBy(() -> db.write(tx -> new ServerStore(tx).begin(server, event, NOW)))
                                .isInstanceOf(Conflict.class);
                    else {
                        db.write(tx -> new ServerStore(tx).begin(server, event, NOW));
                        assertThat(db.read(tx -> new ServerStore(tx).require(server.id()))
                                        .taskState())
                                .isEqualTo(to.get());
                    }
                }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void list_filtersSortsAndGoesOnBehindAMarker(String kind) {
        try (var db = database(kind)) {
            var one = server(VmState.ACTIVE, TaskState.NONE);
            var two = server(VmState.ERROR, TaskState.NONE);
            var three = server(VmState.ACTIVE, TaskState.DELETING);
            db.write(tx -> {
                for (var s : List.of(one, two, three)) new ServerStore(tx).insert(s);
                new TagStore(tx).add(one.id(), "red");
                new TagStore(tx).add(one.id(), "green");
                new TagStore(tx).add(two.id(), "red");
            });
            db.read(tx -> {
                var keys = List.of(Map.entry("uuid", true));
                var first =
                        ServerListStore.of(tx).page(keys, Optional.empty(), 2).orElseThrow();
                var rest = ServerListStore.of(tx)
                        .page(keys, Optional.of(first.getLast().id()), 2)
                        .orElseThrow();
                assertThat(first).hasSize(2);
                assertThat(rest).hasSize(1);
                assertThat(ServerListStore.of(tx).page(keys, Optional.of("nobody"), 2))
                        .isEmpty();
                assertThat(ids(ServerListStore.of(tx)
                                .in("vm_state", List.of("ERROR"))
                                .page(keys, Optional.empty(), 9)))
                        .containsExactly(two.id());
                assertThat(ids(ServerListStore.of(tx)
                                .tags(Set.of("red", "green"), true, false)
                                .page(keys, Optional.empty(), 9)))
                        .containsExactly(one.id());
                assertThat(ids(ServerListStore.of(tx)
                                .tags(Set.of("red", "green"), false, true)
                                .page(keys, Optional.empty(), 9)))
                        .containsExactly(three.id());
                assertThat(ids(ServerListStore.of(tx).matching("name", "AM").page(keys, Optional.empty(), 9)))
                        .hasSize(3);
                assertThat(ids(ServerListStore.of(tx).matching("name", "^n.*e$").page(keys, Optional.empty(), 9)))
                        .hasSize(3);
                for (var regex : List.of("^n..e$", "^[n]A", "name$", ".ame"))
                    assertThat(ids(ServerListStore.of(tx)
                                    .matching("name", regex)
                                    .page(keys, Optional.empty(), 9)))
                            .as(regex)
                            .hasSize(3);
                for (var regex : List.of("%", "_", "^am", "n\\.me", "^name\\$", "nam$", "^.$"))
                    assertThat(ids(ServerListStore.of(tx)
                                    .matching("name", regex)
                                    .page(keys, Optional.empty(), 9)))
                            .as(regex)
                            .isEmpty();
                return true;
            });
        }
    }

    private static List<String> ids(Optional<List<Server>> servers) {
        return servers.orElseThrow().stream().map(Server::id).toList();
    }
}
