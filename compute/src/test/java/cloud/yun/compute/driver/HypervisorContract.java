package cloud.yun.compute.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import cloud.yun.compute.driver.HypervisorDriver.Disk;
import cloud.yun.compute.driver.HypervisorDriver.Guest;
import cloud.yun.compute.driver.HypervisorDriver.Image;
import cloud.yun.compute.driver.HypervisorDriver.Nic;
import cloud.yun.compute.driver.HypervisorDriver.PowerState;
import cloud.yun.compute.driver.HypervisorDriver.Quiesce;
import cloud.yun.compute.driver.HypervisorDriver.Rescue;
import cloud.yun.kernel.error.CloudException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// What every hypervisor driver must do, whatever is under it.
public abstract class HypervisorContract {
    protected static final Duration PATIENCE = Duration.ofSeconds(120);

    protected abstract HypervisorDriver driver();

    /// What runs the driver's guests, as diagnostics call it.
    protected abstract String hypervisor();

    /// An image whose guest logs `login:` to its serial console, shuts down when asked and lets devices go.
    protected abstract Image image() throws Exception;

    /// A volume that the driver can open, for device `vdb`.
    protected abstract Disk volume() throws Exception;

    /// An interface whose tap is on the host.
    protected abstract Nic nic() throws Exception;

    protected Guest guest() throws Exception {
        return guest(UUID.randomUUID().toString(), List.of());
    }

    protected Guest guest(String id, List<Nic> nics) throws Exception {
        return new Guest(
                id,
                "instance-" + id.substring(0, 8),
                "web <1>",
                "p".repeat(32),
                "u".repeat(32),
                1,
                192,
                1,
                0,
                0,
                Optional.of(image()),
                "/dev/vda",
                nics,
                List.of(),
                Map.of(
                        "openstack/latest/meta_data.json",
                        "{\"uuid\": \"" + id + "\", \"hostname\": \"web-1.novalocal\"}"),
                Map.of());
    }

    private void state(String id, PowerState wanted) {
        assertThat(driver().state(id)).contains(wanted);
        assertThat(driver().guests()).containsEntry(id, wanted);
    }

    protected void awaitBooted(String id) {
        await().atMost(PATIENCE).until(() -> driver().consoleLog(id, 100_000).contains("login:"));
    }

    protected void make(Guest guest) {
        guest.image().ifPresent(driver()::cacheImage);
        driver().createDisks(guest);
        driver().start(guest);
    }

    protected void remove(String id) {
        driver().destroy(id);
        driver().deleteDisks(id);
    }

    @Test
    void life_fromImageToNothing_eachStepTwice() throws Exception {
        var guest = guest();
        var id = guest.serverId();
        for (int i = 0; i < 2; i++) driver().cacheImage(guest.image().orElseThrow());
        for (int i = 0; i < 2; i++) driver().createDisks(guest);
        assertThat(driver().serversWithFiles()).contains(id);
        assertThat(driver().state(id)).isEmpty();
        for (int i = 0; i < 2; i++) driver().start(guest);
        state(id, PowerState.RUNNING);
        awaitBooted(id);
        var whole = driver().consoleLog(id, 100_000);
        assertThat(driver().consoleLog(id, 10)).hasSizeLessThanOrEqualTo(10);
        assertThat(whole).contains("login:");

        for (int i = 0; i < 2; i++) driver().pause(id);
        state(id, PowerState.PAUSED);
        for (int i = 0; i < 2; i++) driver().unpause(id);
        state(id, PowerState.RUNNING);
        for (int i = 0; i < 2; i++) driver().suspend(id);
        state(id, PowerState.SHUTDOWN);
        for (int i = 0; i < 2; i++) driver().resume(guest);
        state(id, PowerState.RUNNING);

        var diagnostics = driver().diagnostics(id);
        assertThat(diagnostics.state()).isEqualTo(PowerState.RUNNING);
        assertThat(diagnostics.driver()).isEqualTo("libvirt");
        assertThat(diagnostics.hypervisor()).isEqualTo(hypervisor());
        assertThat(diagnostics.memoryMib()).isEqualTo(192);
        assertThat(diagnostics.memoryUsedMib()).isBetween(1, 192);
        assertThat(diagnostics.disks()).containsKey("vda");

        driver().rebootSoft(guest, PATIENCE);
        state(id, PowerState.RUNNING);
        driver().rebootHard(guest);
        state(id, PowerState.RUNNING);
        awaitBooted(id);
        for (int i = 0; i < 2; i++) driver().stop(id, PATIENCE, Duration.ofSeconds(2));
        state(id, PowerState.SHUTDOWN);
        driver().start(guest);
        state(id, PowerState.RUNNING);
        driver().stop(id, Duration.ZERO, Duration.ofSeconds(1));
        state(id, PowerState.SHUTDOWN);

        for (int i = 0; i < 2; i++) driver().destroy(id);
        assertThat(driver().state(id)).isEmpty();
        assertThat(driver().guests()).doesNotContainKey(id);
        for (int i = 0; i < 2; i++) driver().deleteDisks(id);
        assertThat(driver().serversWithFiles()).doesNotContain(id);
    }

    @Test
    void devices_comeAndGo_eachStepTwice() throws Exception {
        var guest = guest();
        var id = guest.serverId();
        make(guest);
        awaitBooted(id);
        var volume = volume();
        for (int i = 0; i < 2; i++) driver().attachVolume(id, volume);
        assertThat(driver().diagnostics(id).disks()).containsKey("vdb");
        for (int i = 0; i < 2; i++) driver().detachVolume(id, volume);
        assertThat(driver().diagnostics(id).disks()).doesNotContainKey("vdb");
        var nic = nic();
        for (int i = 0; i < 2; i++) driver().attachNic(id, nic);
        assertThat(driver().diagnostics(id).nics()).containsKey(nic.mac());
        for (int i = 0; i < 2; i++) driver().detachNic(id, nic);
        assertThat(driver().diagnostics(id).nics()).doesNotContainKey(nic.mac());
        remove(id);
    }

    @Test
    void snapshot_isMadeOnce_andTheGuestGoesOn() throws Exception {
        var guest = guest();
        var id = guest.serverId();
        make(guest);
        for (boolean running : new boolean[] {true, false}) {
            if (!running) driver().stop(id, Duration.ZERO, Duration.ofSeconds(1));
            var copy = UUID.randomUUID().toString();
            var file = driver().snapshot(id, copy, Quiesce.TRY);
            assertThat(driver().snapshot(id, copy, Quiesce.TRY)).isEqualTo(file);
            assertThat(file.id()).isEqualTo(copy);
            assertThat(file.file()).isNotEmptyFile();
            state(id, running ? PowerState.RUNNING : PowerState.SHUTDOWN);
            for (int i = 0; i < 2; i++) driver().deleteSnapshot(id, copy);
            assertThat(file.file()).doesNotExist();
        }
        remove(id);
    }

    @Test
    void rescue_andBack_eachStepTwice() throws Exception {
        var guest = guest();
        var id = guest.serverId();
        make(guest);
        driver().stop(id, Duration.ZERO, Duration.ofSeconds(1));
        var rescue = new Rescue(image(), Map.of());
        driver().cacheImage(rescue.image());
        for (int i = 0; i < 2; i++) driver().rescue(guest, rescue);
        state(id, PowerState.RUNNING);
        for (int i = 0; i < 2; i++) driver().unrescue(guest);
        state(id, PowerState.RUNNING);
        remove(id);
    }

    @Test
    void unknownGuest_isNothingToRemove_andAnErrorToUse() {
        var id = UUID.randomUUID().toString();
        assertThat(driver().state(id)).isEmpty();
        assertThat(driver().vnc(id)).isEmpty();
        assertThatCode(() -> remove(id)).doesNotThrowAnyException();
        assertThatThrownBy(() -> driver().pause(id)).isInstanceOf(CloudException.class);
        assertThatThrownBy(() -> driver().diagnostics(id)).isInstanceOf(CloudException.class);
    }

    @Test
    void runningGuestsDisks_areNotDeleted() throws Exception {
        var guest = guest();
        make(guest);
        assertThatThrownBy(() -> driver().deleteDisks(guest.serverId())).isInstanceOf(CloudException.Conflict.class);
        assertThat(driver().serversWithFiles()).contains(guest.serverId());
        remove(guest.serverId());
    }

    @Test
    void disksPutAside_areCopiedRestoredAndDropped_eachStepTwice() throws Exception {
        var guest = guest();
        var id = guest.serverId();
        make(guest);
        assertThatThrownBy(() -> driver().keepDisks(id)).isInstanceOf(CloudException.Conflict.class);
        driver().destroy(id);
        for (int i = 0; i < 2; i++) driver().keepDisks(id);
        assertThat(driver().serversWithKeptDisks()).contains(id);
        assertThat(driver().serversWithFiles()).doesNotContain(id);
        for (int i = 0; i < 2; i++) driver().copyKeptDisks(guest);
        assertThat(driver().serversWithFiles()).contains(id);
        for (int i = 0; i < 2; i++) driver().define(guest);
        state(id, PowerState.SHUTDOWN);
        driver().start(guest);
        driver().define(guest);
        state(id, PowerState.RUNNING);
        driver().destroy(id);
        for (int i = 0; i < 2; i++) driver().restoreKeptDisks(id);
        assertThat(driver().serversWithFiles()).contains(id);
        assertThat(driver().serversWithKeptDisks()).doesNotContain(id);
        driver().start(guest);
        driver().destroy(id);

        driver().keepDisks(id);
        driver().copyKeptDisks(guest);
        for (int i = 0; i < 2; i++) driver().dropKeptDisks(id);
        assertThat(driver().serversWithKeptDisks()).doesNotContain(id);
        assertThat(driver().serversWithFiles()).contains(id);
        driver().deleteDisks(id);
        assertThat(driver().serversWithFiles()).doesNotContain(id);
    }

    @Test
    void host_saysWhatItHas() {
        var host = driver().host();
        assertThat(host.vcpus()).isPositive();
        assertThat(host.memoryMib()).isPositive();
        assertThat(host.diskGib()).isPositive();
        assertThat(host.freeDiskGib()).isBetween(0, host.diskGib());
        assertThat(host.hostname()).isNotEmpty();
    }
}
