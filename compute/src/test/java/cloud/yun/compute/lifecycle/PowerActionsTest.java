package cloud.yun.compute.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.yun.compute.api.ComputeApi;
import cloud.yun.compute.fake.TestCloud;
import cloud.yun.compute.server.VmState;
import cloud.yun.kernel.error.CloudException.Unavailable;
import cloud.yun.testing.Requirement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PowerActionsTest {
    private final TestCloud cloud = TestCloud.sqlite("[DEFAULT]\nshutdown_timeout = 1\n", 1);
    private final ComputeApi api = new ComputeApi(cloud.db, (_, _) -> List.of(cloud.part));
    private String id = "";

    @BeforeEach
    void server() throws InterruptedException {
        id = api.post("demo", "2.1", "/v2.1/servers", """
                {"server": {"name": "s", "flavorRef": "1", "imageRef": "%s"}}""".formatted(cloud.image()))
                .body()
                .path("server")
                .path("id")
                .asString();
        cloud.idle();
    }

    @AfterEach
    void close() {
        cloud.close();
        api.close();
    }

    private int act(String user, String body) throws InterruptedException {
        int status =
                api.post(user, "2.73", "/v2.1/servers/" + id + "/action", body).status();
        cloud.idle();
        return status;
    }

    private void is(String status, int power) {
        var shown = api.get("demo", "2.73", "/v2.1/servers/" + id).body().path("server");
        assertThat(shown.path("status").asString()).isEqualTo(status);
        assertThat(shown.path("OS-EXT-STS:power_state").asInt()).isEqualTo(power);
        assertThat(shown.path("OS-EXT-STS:task_state").isNull()).isTrue();
    }

    @Test
    @Requirement({"S3.87", "S3.97", "S3.102", "S3.103"})
    void eachAction_fromTheStatesThatAllowIt_endsWhereItShould() throws InterruptedException {
        is("ACTIVE", 1);
        assertThat(act("demo", "{'os-start': null}")).isEqualTo(409);
        assertThat(act("demo", "{'os-stop': null}")).isEqualTo(202);
        is("SHUTOFF", 4);
        assertThat(act("demo", "{'pause': null}")).isEqualTo(409);
        assertThat(act("demo", "{'reboot': {'type': 'SOFT'}}")).isEqualTo(409);
        assertThat(act("demo", "{'os-start': null}")).isEqualTo(202);
        is("ACTIVE", 1);
        assertThat(act("demo", "{'pause': null}")).isEqualTo(202);
        is("PAUSED", 3);
        assertThat(act("demo", "{'resume': null}")).isEqualTo(409);
        assertThat(act("demo", "{'unpause': null}")).isEqualTo(202);
        assertThat(act("demo", "{'suspend': null}")).isEqualTo(202);
        is("SUSPENDED", 4);
        assertThat(act("demo", "{'unpause': null}")).isEqualTo(409);
        assertThat(act("demo", "{'resume': null}")).isEqualTo(202);
        is("ACTIVE", 1);
        assertThat(act("demo", "{'reboot': {'type': 'HARD'}}")).isEqualTo(202);
        is("ACTIVE", 1);
        var actions = api.get("demo", "2.73", "/v2.1/servers/" + id + "/os-instance-actions")
                .body()
                .path("instanceActions")
                .valueStream()
                .map(a -> a.path("action").asString())
                .toList();
        assertThat(actions)
                .containsExactly("reboot", "resume", "suspend", "unpause", "pause", "start", "stop", "create");
    }

    @Test
    @Requirement({"S3.91", "S3.92", "S3.93", "S3.94"})
    void lock_stopsItsOwnerAndNotTheAdmin() throws InterruptedException {
        assertThat(act("demo", "{'lock': {'locked_reason': 'mine'}}")).isEqualTo(202);
        var shown = api.get("demo", "2.73", "/v2.1/servers/" + id).body().path("server");
        assertThat(shown.path("locked").asBoolean()).isTrue();
        assertThat(shown.path("locked_reason").asString()).isEqualTo("mine");
        assertThat(act("demo", "{'os-stop': null}")).isEqualTo(409);
        assertThat(api.delete("demo", "2.1", "/v2.1/servers/" + id).status()).isEqualTo(409);
        assertThat(act("admin", "{'os-stop': null}")).isEqualTo(202);
        is("SHUTOFF", 4);
        assertThat(act("demo", "{'unlock': null}")).isEqualTo(202);
        assertThat(act("demo", "{'os-start': null}")).isEqualTo(202);
        assertThat(act("admin", "{'lock': null}")).isEqualTo(202);
        assertThat(act("demo", "{'unlock': null}")).as("an admin's lock").isEqualTo(403);
        assertThat(act("reader", "{'os-stop': null}")).isEqualTo(403);
    }

    @Test
    void anAction_whenTheHostRefuses_leavesTheServerAsItWasAndSaysSo() throws InterruptedException {
        cloud.hypervisor().fail("stop", new Unavailable("the host is busy", "test", null));
        act("demo", "{'os-stop': null}");
        is("ACTIVE", 1);
        var action = api.get("demo", "2.73", "/v2.1/servers/" + id + "/os-instance-actions")
                .body()
                .path("instanceActions")
                .get(0);
        assertThat(action.path("message").asString()).isEqualTo("Error");
        cloud.hypervisor().fail("rebootHard", new Unavailable("no such machine", "test", null));
        act("demo", "{'reboot': {'type': 'HARD'}}");
        is("ERROR", 1);
        cloud.hypervisor().heal();
        act("demo", "{'reboot': {'type': 'HARD'}}");
        is("ACTIVE", 1);
    }

    @Test
    void delete_whileAGuestRefusesToShutDown_waitsForItAndThenRemovesIt() throws InterruptedException {
        cloud.hypervisor().guestIgnoresShutdown(id);
        api.post("demo", "2.1", "/v2.1/servers/" + id + "/action", "{'os-stop': null}");
        assertThat(api.delete("demo", "2.1", "/v2.1/servers/" + id).status()).isEqualTo(204);
        await().atMost(Duration.ofSeconds(20)).until(() -> cloud.server(id).vmState() == VmState.DELETED);
        cloud.idle();
        assertThat(cloud.remains()).isEmpty();
    }

    @Test
    void powerSync_settlesWhatHappenedToGuestsByThemselves() throws InterruptedException {
        cloud.hypervisor().guestPowersOff(id);
        cloud.sync.reconcile();
        is("SHUTOFF", 4);
        act("demo", "{'os-start': null}");
        cloud.hypervisor().destroy(id); // a simulated host forgets all of it
        cloud.hypervisor().deleteDisks(id);
        cloud.sync.reconcile();
        assertThat(cloud.hypervisor().guests()).containsOnlyKeys(id);
        is("ACTIVE", 1);
    }

    @Test
    void powerSync_whenAHostComesBack_removesWhatWasDeletedMeanwhile() throws InterruptedException {
        cloud.hosts.down("host1");
        cloud.hypervisor().fail("destroy", new Unavailable("down", "test", null));
        cloud.hypervisor().fail("deleteDisks", new Unavailable("down", "test", null));
        assertThat(api.delete("demo", "2.1", "/v2.1/servers/" + id).status()).isEqualTo(204);
        cloud.idle();
        assertThat(cloud.server(id).vmState()).isEqualTo(VmState.DELETED);
        assertThat(cloud.hypervisor().guests()).containsOnlyKeys(id);
        cloud.hypervisor().heal();
        cloud.hosts.put(new cloud.yun.compute.service.ComputeHosts.ComputeHost(
                "host1", "host1", "", true, false, java.util.Optional.empty(), false, "nova", java.util.Map.of()));
        cloud.sync.reconcile();
        assertThat(cloud.remains()).isEmpty();
    }
}
