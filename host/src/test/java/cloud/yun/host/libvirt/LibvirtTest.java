package cloud.yun.host.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The bindings against libvirt's own simulation, which lives in the library: no daemon and no privileges.
class LibvirtTest {
    private final UUID uuid = UUID.randomUUID();
    private Libvirt libvirt;

    @BeforeEach
    void connect() {
        assumeTrue(Native.available(), "skipped: libvirt.so.0 is not installed");
        libvirt = Libvirt.connect("test:///default");
    }

    @AfterEach
    void close() {
        if (libvirt != null) libvirt.close();
    }

    private Domain define() {
        return libvirt.define("<domain type='test'><name>t-" + uuid + "</name><uuid>" + uuid
                + "</uuid><memory unit='MiB'>64</memory><vcpu>1</vcpu><os><type>hvm</type></os></domain>");
    }

    @Test
    void define_start_destroy_undefine() {
        var domain = define();
        assertThat(domain.uuid()).isEqualTo(uuid);
        assertThat(domain.name()).isEqualTo("t-" + uuid);
        assertThat(domain.state()).isEqualTo(DomainState.SHUTOFF);
        for (int i = 0; i < 2; i++) domain.ensureStarted();
        assertThat(domain.state()).isEqualTo(DomainState.RUNNING);
        assertThat(domain.info().maxMemoryKib()).isEqualTo(65536);
        assertThat(domain.info().vcpus()).isEqualTo(1);
        domain.suspend();
        assertThat(domain.state()).isEqualTo(DomainState.PAUSED);
        domain.resume();
        for (int i = 0; i < 2; i++) domain.ensureDestroyed();
        assertThat(domain.state()).isEqualTo(DomainState.SHUTOFF);
        assertThat(libvirt.find("t-" + uuid)).isPresent();
        assertThat(libvirt.domains()).extracting(Domain::uuid).contains(uuid);
        assertThat(domain.xml()).contains(uuid.toString());
    }

    @Test
    void calls_onADomainThatIsGone_sayNoDomain() {
        var gone = libvirt.domain(UUID.randomUUID());
        var error = catchThrowableOfType(LibvirtException.class, gone::state);
        assertThat(error.error()).isEqualTo(LibvirtError.NO_DOMAIN);
        assertThat(error.connectionLost()).isFalse();
        assertThat(libvirt.find(UUID.randomUUID())).isEmpty();
        assertThat(libvirt.find("nobody")).isEmpty();
        gone.ensureDestroyed();
        gone.undefine();
    }

    @Test
    void calls_inTheWrongState_sayInvalidOperation() {
        var domain = define();
        assertThatThrownBy(domain::destroy)
                .isInstanceOfSatisfying(
                        LibvirtException.class, e -> assertThat(e.error()).isEqualTo(LibvirtError.OPERATION_INVALID));
        assertThatThrownBy(() -> libvirt.define("<domain"))
                .isInstanceOfSatisfying(
                        LibvirtException.class, e -> assertThat(e.error()).isEqualTo(LibvirtError.XML_DETAIL));
    }

    @Test
    void events_arriveInOrder() throws Exception {
        var heard = new CopyOnWriteArrayList<DomainEvent.Lifecycle.Kind>();
        try (var _ = libvirt.onEvent(e -> {
            if (e instanceof DomainEvent.Lifecycle l && l.uuid().equals(uuid)) heard.add(l.kind());
        })) {
            var domain = define();
            domain.start();
            domain.suspend();
            domain.resume();
            domain.destroy();
            await().untilAsserted(() -> assertThat(heard)
                    .containsExactly(
                            DomainEvent.Lifecycle.Kind.DEFINED,
                            DomainEvent.Lifecycle.Kind.STARTED,
                            DomainEvent.Lifecycle.Kind.SUSPENDED,
                            DomainEvent.Lifecycle.Kind.RESUMED,
                            DomainEvent.Lifecycle.Kind.STOPPED));
        }
    }

    @Test
    void calls_fromManyVirtualThreads_allAnswer() throws Exception {
        var domain = define();
        var answers = new ArrayList<Future<DomainState>>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 500; i++) answers.add(threads.submit(domain::state));
            for (var answer : answers) assertThat(answer.get()).isEqualTo(DomainState.SHUTOFF);
        }
    }

    @Test
    void call_thatDoesNotReturn_endsAtItsDeadline() {
        var release = new CountDownLatch(1);
        assertThatThrownBy(() -> libvirt.call(Duration.ofMillis(100), _ -> {
                    awaitQuietly(release);
                    return 1;
                }))
                .isInstanceOfSatisfying(
                        LibvirtException.class, e -> assertThat(e.error()).isEqualTo(LibvirtError.DEADLINE));
        // Others are not held up by the one that hangs.
        assertThat(libvirt.hostname()).isNotEmpty();
        release.countDown();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void host_isDescribed() {
        assertThat(libvirt.nodeInfo().cpus()).isPositive();
        assertThat(libvirt.nodeInfo().memoryKib()).isPositive();
        assertThat(libvirt.libvirtVersion()).isGreaterThan(6_000_000);
        assertThat(libvirt.capabilities()).contains("<capabilities>");
        assertThat(libvirt.alive()).isTrue();
    }

    @Test
    void connect_whereNobodyListens_failsAtOnce() {
        assertThatThrownBy(() -> Libvirt.connect("qemu+unix:///system?socket=/nonexistent/sock"))
                .isInstanceOfSatisfying(
                        LibvirtException.class,
                        e -> assertThat(e.connectionLost()).isTrue());
    }

    @Test
    void close_twice_isQuiet_andCallsFailAfterwards() {
        libvirt.close();
        libvirt.close();
        assertThatThrownBy(() -> libvirt.hostname()).isInstanceOf(LibvirtException.class);
    }
}
