package cloud.yun.compute.driver.libvirt;

import cloud.yun.host.libvirt.Domain;
import cloud.yun.host.libvirt.DomainEvent;
import cloud.yun.host.libvirt.Libvirt;
import cloud.yun.host.libvirt.LibvirtError;
import cloud.yun.host.libvirt.LibvirtException;
import cloud.yun.kernel.error.CloudException.Unavailable;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// What a guest is asked to do by itself, as by the buttons of a machine, and the wait for whether it does.
final class GuestButtons {
    private static final Duration GLANCE = Duration.ofSeconds(1);

    private GuestButtons() {}

    /// Presses the power button, again and again.
    ///
    /// @param retry how long it waits before it presses again
    /// @return whether the guest shut down in time
    static boolean shutDown(Libvirt libvirt, Domain domain, Duration timeout, Duration retry) {
        return awaiting(libvirt, domain, news -> {
            long end = System.nanoTime() + timeout.toNanos();
            while (true) {
                if (!press(domain)) return true;
                long next = Math.min(end, System.nanoTime() + Math.max(retry.toNanos(), 1));
                if (until(next, news, () -> !domain.state().active())) return true;
                if (System.nanoTime() >= end) return false;
            }
        });
    }

    /// @return false when it is off already
    private static boolean press(Domain domain) {
        try {
            domain.shutdown();
            return true;
        } catch (LibvirtException e) {
            if (e.is(LibvirtError.OPERATION_INVALID) && !domain.state().active()) return false;
            throw e;
        }
    }

    @FunctionalInterface
    interface Waiting {
        boolean with(BlockingQueue<DomainEvent> news) throws InterruptedException;
    }

    /// Listens to one domain's events while `work` waits for them.
    static boolean awaiting(Libvirt libvirt, Domain domain, Waiting work) {
        var news = new LinkedBlockingQueue<DomainEvent>();
        var id = domain.uuid();
        try (var _ = libvirt.onEvent(e -> {
            if (e.uuid().equals(id)) news.add(e);
        })) {
            return work.with(news);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unavailable("The host is stopping.", "interrupted while waiting for a guest", e);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) { // AutoCloseable's signature; the subscription throws nothing checked
            throw new IllegalStateException(e);
        }
    }

    /// An event is the fast way; a look each second covers one that was lost with the connection.
    private static boolean until(long end, BlockingQueue<DomainEvent> news, Supplier<Boolean> so)
            throws InterruptedException {
        while (!so.get()) {
            long left = Math.min(end - System.nanoTime(), GLANCE.toNanos());
            if (left <= 0) return false;
            news.poll(left, TimeUnit.NANOSECONDS);
        }
        return true;
    }

    /// QEMU stays the same process: libvirt resets it when the guest has shut down.
    ///
    /// @return whether the guest shut down in time
    static boolean restarted(Libvirt libvirt, Domain domain, Duration timeout) {
        return awaiting(libvirt, domain, news -> {
            domain.reboot();
            long end = System.nanoTime() + timeout.toNanos();
            while (true) {
                long left = end - System.nanoTime();
                if (left <= 0) return false;
                if (news.poll(left, TimeUnit.NANOSECONDS) instanceof DomainEvent.Rebooted) return true;
            }
        });
    }
}
