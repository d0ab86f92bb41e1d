package cloud.yun.compute.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.compute.fake.FlowTrial;
import cloud.yun.compute.fake.Gate;
import cloud.yun.compute.server.TaskState;
import cloud.yun.compute.server.VmState;
import cloud.yun.compute.volume.VolumeStore;
import cloud.yun.kernel.error.CloudException.Unavailable;
import cloud.yun.kernel.flow.FlowProbe;
import cloud.yun.testing.Requirement;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ShelveServerTest {
    private static final String SHELVE = "{'shelve': null}";
    private static final String UNSHELVE = "{'unshelve': null}";
    private static final String KEEP = "shelved_offload_time = -1\nshutdown_timeout = 1\n";

    private SetAsideCloud c = new SetAsideCloud("shutdown_timeout = 1\n", 2);

    private void with(String config, int hosts) {
        c.close();
        c = new SetAsideCloud(config, hosts);
    }

    @AfterEach
    void close() {
        c.close();
    }

    private String host(String id) {
        return c.cloud.server(id).host().orElse("");
    }

    private void active(String id) {
        c.is(id, "ACTIVE");
        assertThat(c.images(id)).isEmpty();
        var hypervisor = c.cloud.hypervisors.get(host(id).equals("host1") ? 0 : 1);
        assertThat(hypervisor.state(id).orElseThrow().number()).isEqualTo(1);
        assertThat(c.cloud.ports.plugged).anyMatch(p -> p.endsWith("@" + host(id)));
    }

    private void offloaded(String id) {
        c.is(id, "SHELVED_OFFLOADED");
        assertThat(host(id)).isEmpty();
        assertThat(c.images(id)).hasSize(c.cloud.server(id).bootsFromVolume() ? 0 : 1);
        for (var h : c.cloud.hypervisors) {
            assertThat(h.guests()).doesNotContainKey(id);
            assertThat(h.serversWithFiles()).doesNotContain(id);
        }
        for (var port : c.cloud.db.read(tx -> c.cloud.ports.ofServer(tx, id)))
            assertThat(port.host()).isEmpty();
        var found1 = c.cloud.db.read(tx -> c.cloud.wiring.placement().allocation(tx, id));
        assertThat(found1).isEmpty();
    }

    private void shelved(String id) {
        c.is(id, "SHELVED");
        assertThat(c.images(id)).hasSize(1);
        assertThat(c.image(c.images(id).getFirst()).orElseThrow().name()).isEqualTo("s-shelved");
    }

    @Test
    @Requirement({"S3.109", "S3.110"})
    void shelve_leavesTheHost_andUnshelveBringsTheSameServerBack() throws Exception {
        var id = c.server();
        var volume = c.volume();
        assertThat(c.api.post(
                                "demo",
                                "2.1",
                                "/v2.1/servers/" + id + "/os-volume_attachments",
                                "{'volumeAttachment': {'volumeId': '" + volume + "'}}")
                        .status())
                .isEqualTo(200);
        c.cloud.idle();
        var addresses = c.api.get("demo", "2.1", "/v2.1/servers/" + id).body().at("/server/addresses");
        c.done(id, SHELVE);
        offloaded(id);
        assertThat(c.cloud.remains()).isEmpty();
        assertThat(c.act("demo", "2.1", id, SHELVE).status()).isEqualTo(409);
        assertThat(c.act("demo", "2.1", id, "{'os-start': null}").status()).isEqualTo(409);
        c.done(id, UNSHELVE);
        active(id);
        assertThat(c.cloud.hypervisors.stream().filter(h -> h.volumesOf(id).contains(volume)))
                .hasSize(1);
        assertThat(c.api.get("demo", "2.1", "/v2.1/servers/" + id).body().at("/server/addresses"))
                .isEqualTo(addresses);
        var actions = c.api.get("demo", "2.1", "/v2.1/servers/" + id + "/os-instance-actions")
                .body()
                .path("instanceActions")
                .valueStream()
                .map(a -> a.path("action").asString())
                .toList();
        assertThat(actions).startsWith("unshelve", "shelve");
        c.delete(id);
        assertThat(c.cloud.remains()).isEmpty();
    }

    @Test
    void shelve_ofEveryState_andDeleteOnTheShelf_leavesNoImage() throws Exception {
        for (var before : List.of("", "{'os-stop': null}", "{'pause': null}", "{'suspend': null}")) {
            var id = c.server();
            if (!before.isEmpty()) c.done(id, before);
            c.done(id, SHELVE);
            offloaded(id);
            c.delete(id);
            assertThat(c.images(id)).isEmpty();
        }
        assertThat(c.cloud.remains()).isEmpty();
    }

    @Test
    void shelve_ofAServerOnAVolume_keepsItInItsVolume() throws Exception {
        var id = c.volumeServer();
        c.done(id, SHELVE);
        offloaded(id);
        assertThat(c.cloud.remains()).isEmpty();
        c.done(id, UNSHELVE);
        active(id);
        c.delete(id);
        assertThat(c.cloud.remains()).isEmpty();
        assertThat(c.cloud.volumeDriver.inventory().volumes()).isEmpty();
    }

    @Test
    void volumes_comeAndGoWhileTheServerIsOnNoHost() throws Exception {
        var id = c.server();
        c.done(id, SHELVE);
        var volume = c.volume();
        var path = "/v2.1/servers/" + id + "/os-volume_attachments";
        for (boolean detach : new boolean[] {true, false}) {
            assertThat(c.api.post("demo", "2.1", path, "{'volumeAttachment': {'volumeId': '" + volume + "'}}")
                            .status())
                    .isEqualTo(200);
            var found2 = c.cloud.db.read(tx -> c.cloud
                    .storage
                    .serverVolumes()
                    .find(tx, cloud.yun.compute.api.ComputeApi.demo(), volume)
                    .orElseThrow()
                    .status());
            assertThat(found2).isEqualTo("in-use");
            if (!detach) break;
            assertThat(c.api.delete("demo", "2.1", path + "/" + volume).status())
                    .isEqualTo(202);
            var found3 = c.cloud.db.read(tx -> new VolumeStore(tx).of(id));
            assertThat(found3).isEmpty();
        }
        assertThat(c.cloud.violations()).isEmpty();
        c.done(id, UNSHELVE);
        active(id);
        assertThat(c.cloud.hypervisors.stream().filter(h -> h.volumesOf(id).contains(volume)))
                .hasSize(1);
        c.delete(id);
        assertThat(c.cloud.remains()).isEmpty();
    }

    @Test
    void shelve_whenServersStayOnTheirHost_isOffloadedByAnOperatorOrLater() throws Exception {
        with(KEEP, 1);
        var id = c.server();
        c.done(id, SHELVE);
        shelved(id);
        assertThat(c.cloud.hypervisor().state(id).orElseThrow().number()).isEqualTo(4);
        var zone = c.act("demo", "2.77", id, "{'unshelve': {'availability_zone': 'nova'}}");
        assertThat(zone.status()).isEqualTo(409);
        c.done(id, UNSHELVE);
        active(id);
        c.done(id, SHELVE);
        assertThat(c.act("demo", "2.1", id, "{'shelveOffload': null}").status()).isEqualTo(403);
        assertThat(c.act("admin", "2.1", id, "{'shelveOffload': null}").status())
                .isEqualTo(202);
        c.cloud.idle();
        offloaded(id);
        c.delete(id);

        with("shelved_offload_time = 1\n", 1);
        var later = c.server();
        c.done(later, SHELVE);
        c.is(later, "SHELVED");
        org.awaitility.Awaitility.await().until(() -> {
            c.cloud.part.reconcilers().forEach(r -> {
                if (r.name().equals("shelved-servers")) r.reconcile();
            });
            return c.cloud.server(later).vmState() == VmState.SHELVED_OFFLOADED;
        });
        c.cloud.idle();
        offloaded(later);
    }

    @Test
    void unshelve_toAZoneOrHost_goesThere_orSaysWhyNot() throws Exception {
        var id = c.server();
        c.done(id, SHELVE);
        var nowhere = c.act("demo", "2.77", id, "{'unshelve': {'availability_zone': 'nowhere'}}");
        assertThat(nowhere.status()).isEqualTo(400);
        assertThat(nowhere.message()).isEqualTo("The requested availability zone is not available");
        for (var body : List.of("{'unshelve': {}}", "{'unshelve': {'host': 'host1'}}", "{'unshelve': 'x'}"))
            assertThat(c.act("admin", "2.77", id, body).status()).as(body).isEqualTo(400);
        assertThat(c.act("demo", "2.91", id, "{'unshelve': {'host': 'host2'}}").status())
                .isEqualTo(403);
        assertThat(c.act("admin", "2.91", id, "{'unshelve': {'host': 'host9'}}").status())
                .isEqualTo(400);
        for (var host : List.of("host2", "host1")) {
            assertThat(c.act("admin", "2.91", id, "{'unshelve': {'availability_zone': 'nova', 'host': '" + host + "'}}")
                            .status())
                    .isEqualTo(202);
            c.cloud.idle();
            active(id);
            assertThat(host(id)).isEqualTo(host);
            assertThat(c.cloud.server(id).wanted().zone()).contains("nova");
            c.done(id, SHELVE);
        }
        assertThat(c.act("demo", "2.91", id, "{'unshelve': {'availability_zone': null}}")
                        .status())
                .isEqualTo(202);
        c.cloud.idle();
        assertThat(c.cloud.server(id).wanted().zone()).isEmpty();
        active(id);
    }

    @Test
    void unshelve_whenSomebodyDeletedItsImage_leavesItOnTheShelf() throws Exception {
        var id = c.server();
        c.done(id, SHELVE);
        c.cloud.images.delete(c.images(id).getFirst());
        c.done(id, UNSHELVE);
        c.is(id, "SHELVED_OFFLOADED");
        assertThat(c.cloud.remains()).isEmpty();
        c.delete(id);
        assertThat(c.cloud.remains()).isEmpty();
    }

    @Test
    void unshelve_whenNoHostTakesIt_leavesItOnTheShelf() throws Exception {
        var id = c.server();
        c.done(id, SHELVE);
        c.cloud.hosts.down("host1");
        c.cloud.hosts.down("host2");
        c.done(id, UNSHELVE);
        offloaded(id);
        var action = c.api.get("demo", "2.1", "/v2.1/servers/" + id + "/os-instance-actions")
                .body()
                .path("instanceActions")
                .get(0);
        assertThat(action.path("message").asString()).isEqualTo("Error");
    }

    @Test
    void shelve_whenItFails_theGuestRunsAgain_orIsPaused() throws Exception {
        var running = c.server();
        var paused = c.server();
        c.done(paused, "{'pause': null}");
        c.cloud.hypervisors.forEach(h -> h.fail("snapshot", new Unavailable("no copy today", "test", null)));
        c.done(running, SHELVE);
        c.done(paused, SHELVE);
        active(running);
        c.is(paused, "PAUSED");
        for (var h : c.cloud.hypervisors)
            if (h.guests().containsKey(paused))
                assertThat(h.state(paused).orElseThrow().number()).isEqualTo(3);
        assertThat(c.cloud.violations()).isEmpty();
    }

    @Test
    void delete_whileItIsShelved_orTakenFromTheShelf_leavesNothing() throws Exception {
        record At(String flow, String task) {}
        for (var at : List.of(
                new At("server_shelve", "stop-guest"),
                new At("server_shelve", "upload-image"),
                new At("server_shelve", "mark-shelved"),
                new At("server_shelve_offload", "unplug-ports"),
                new At("server_unshelve", "schedule"),
                new At("server_unshelve", "create-disks"),
                new At("server_unshelve", "delete-image"))) {
            var id = c.server();
            if (at.flow().equals("server_unshelve")) c.done(id, SHELVE);
            var gate = new Gate(at.flow(), at.task());
            c.cloud.flows.probe(Gate.all(gate));
            c.accepted(id, at.flow().equals("server_unshelve") ? UNSHELVE : SHELVE);
            gate.awaitReached();
            assertThat(c.api.delete("demo", "2.1", "/v2.1/servers/" + id).status())
                    .isEqualTo(204);
            assertThat(c.cloud.server(id).taskState()).isEqualTo(TaskState.DELETING);
            gate.open();
            c.cloud.idle();
            c.cloud.flows.probe(FlowProbe.NONE);
            assertThat(c.cloud.server(id).vmState())
                    .as("%s: %s", at, c.cloud.flows.ofResource(id))
                    .isEqualTo(VmState.DELETED);
            assertThat(c.images(id)).as("%s", at).isEmpty();
            assertThat(c.cloud.remains()).as("%s", at).isEmpty();
        }
    }

    @Test
    void shelve_whateverHappensToItsTasks_endsOnTheShelfOrAsItWas() throws Exception {
        with(KEEP, 1);
        new FlowTrial(
                        c.cloud,
                        "server_shelve",
                        List.of(
                                "give-up",
                                "make-image",
                                "stop-guest",
                                "mark-pending",
                                "copy-disk",
                                "mark-uploading",
                                "upload-image",
                                "delete-copy",
                                "mark-shelved"),
                        Set.of("delete-copy", "mark-shelved"),
                        c::server,
                        id -> c.accepted(id, SHELVE),
                        this::shelved,
                        this::active)
                .run();
    }

    @Test
    void offload_whateverHappensToItsTasks_isFinished() throws Exception {
        with(KEEP, 1);
        var tasks = List.of("destroy-guest", "unplug-ports", "disconnect-volumes", "delete-disks", "mark-offloaded");
        new FlowTrial(
                        c.cloud,
                        "server_shelve_offload",
                        tasks,
                        Set.copyOf(tasks),
                        () -> {
                            var id = c.server();
                            c.done(id, SHELVE);
                            return id;
                        },
                        id -> assertThat(c.act("admin", "2.1", id, "{'shelveOffload': null}")
                                        .status())
                                .isEqualTo(202),
                        this::offloaded,
                        id -> {})
                .run();
    }

    @Test
    void unshelve_whateverHappensToItsTasks_isActiveOrOnTheShelf() throws Exception {
        new FlowTrial(
                        c.cloud,
                        "server_unshelve",
                        List.of(
                                "give-up",
                                "schedule",
                                "plug-ports",
                                "connect-volumes",
                                "cache-image",
                                "create-disks",
                                "start-guest",
                                "delete-image",
                                "mark-active"),
                        Set.of("delete-image", "mark-active"),
                        () -> {
                            var id = c.server();
                            c.done(id, SHELVE);
                            return id;
                        },
                        id -> c.accepted(id, UNSHELVE),
                        this::active,
                        this::offloaded)
                .run();
    }
}
