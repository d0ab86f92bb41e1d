package cloud.yun.host.libvirt;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;

/// Takes a device out of a running guest: asks, waits for the guest to let go, asks again.
///
/// A guest that is booting or paused does not hear the first request, so it is repeated; a device that is already
/// on its way out or gone is not an error.
public final class Detach {
    private static final Duration GLANCE = Duration.ofSeconds(1);

    private final Libvirt libvirt;
    private final Domain domain;

    Detach(Libvirt libvirt, Domain domain) {
        this.libvirt = libvirt;
        this.domain = domain;
    }

    /// @param deviceXml as in the live XML, or enough of it to find the device
    /// @param alias its alias in the live XML
    /// @param attempts how often the guest is asked
    /// @param wait for each attempt
    /// @return true when the device is gone from the running guest, false when the guest kept it
    public boolean andWait(String deviceXml, String alias, int attempts, Duration wait) {
        var news = new ArrayBlockingQueue<DomainEvent>(16);
        try (var _ = libvirt.onEvent(event -> {
            boolean ours = event instanceof DomainEvent.DeviceRemoved removed
                    && removed.uuid().equals(domain.uuid())
                    && removed.alias().equals(alias);
            boolean refused = event instanceof DomainEvent.DeviceRemovalFailed failed
                    && failed.uuid().equals(domain.uuid())
                    && failed.alias().equals(alias);
            if (ours || refused) news.offer(event);
        })) {
            for (int i = 0; i < attempts; i++) {
                ask(deviceXml);
                if (awaitGone(alias, wait, news)) return true;
            }
            return gone(alias);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LibvirtException(LibvirtError.INTERRUPTED, -2, "Interrupted while detaching " + alias, false);
        }
    }

    private void ask(String deviceXml) {
        try {
            domain.detachDevice(deviceXml, Affect.LIVE);
        } catch (LibvirtException e) {
            boolean missing = e.is(LibvirtError.DEVICE_MISSING);
            boolean underWay = String.valueOf(e.getMessage()).contains("in the process of unplug");
            if (!missing && !underWay) throw e;
        }
    }

    private boolean awaitGone(String alias, Duration wait, ArrayBlockingQueue<DomainEvent> news)
            throws InterruptedException {
        long end = System.nanoTime() + wait.toNanos();
        // The event is the fast way; a look at the XML covers one lost with the connection.
        while (!gone(alias)) {
            long left = Math.min(end - System.nanoTime(), GLANCE.toNanos());
            if (left <= 0) return false;
            var event = news.poll(left, TimeUnit.NANOSECONDS);
            if (event instanceof DomainEvent.DeviceRemovalFailed) return false;
        }
        return true;
    }

    private boolean gone(String alias) {
        return !domain.xml().contains("<alias name='" + Xml.escape(alias) + "'/>");
    }
}
