package cloud.yun.compute.driver.libvirt;

import cloud.yun.compute.driver.HypervisorDriver.Image;
import cloud.yun.compute.driver.HypervisorDriver.Quiesce;
import cloud.yun.host.disk.ImageFormat;
import cloud.yun.host.disk.QemuImg;
import cloud.yun.host.libvirt.Disk;
import cloud.yun.host.libvirt.Domain;
import cloud.yun.host.libvirt.DomainEvent.BlockJob;
import cloud.yun.host.libvirt.Libvirt;
import cloud.yun.host.libvirt.LibvirtError;
import cloud.yun.host.libvirt.LibvirtException;
import cloud.yun.host.process.Commands;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Unavailable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whole copies of root disks. Of a guest that runs QEMU makes it: a mirror that follows the disk until it has all and
/// is let go at one moment. Of a guest that is off `qemu-img` does.
final class RootCopies {
    private static final Logger LOG = LoggerFactory.getLogger(RootCopies.class);
    private static final Duration COPY = Duration.ofMinutes(30);

    private final GuestFiles files;
    private final QemuImg qemuImg;

    RootCopies(GuestFiles files, Commands commands) {
        this.files = files;
        this.qemuImg = new QemuImg(commands);
    }

    /// @return the copy; the one that is there already when it was made before
    Image make(Libvirt libvirt, Optional<Domain> domain, String serverId, String snapshotId, Quiesce quiesce) {
        var root = files.root(serverId);
        var file = files.copy(serverId, snapshotId);
        try {
            if (!Files.exists(file)) {
                if (!Files.exists(root)) throw new Conflict("The server has no disk on its host.");
                stopMirror(domain, root); // of an attempt that did not end
                var part = GuestFiles.part(file);
                if (domain.isPresent() && domain.get().state().active())
                    mirror(libvirt, domain.get(), root, part, quiesce);
                else qemuImg.convert(root, ImageFormat.QCOW2, part, ImageFormat.QCOW2);
                Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Image(snapshotId, file, ImageFormat.QCOW2.wire());
    }

    private static Optional<String> target(Domain domain, Path root) {
        return domain.view().disks().stream()
                .filter(d -> d.source().equals(Optional.of(root.toString())))
                .map(d -> d.target())
                .findFirst();
    }

    private static void stopMirror(Optional<Domain> domain, Path root) {
        if (domain.isEmpty() || !domain.get().state().active()) return;
        var target = target(domain.get(), root);
        if (target.isPresent()
                && domain.get().blockJobs().progress(target.get()).isPresent())
            domain.get().blockJobs().abort(target.get());
    }

    private void mirror(Libvirt libvirt, Domain domain, Path root, Path part, Quiesce quiesce) {
        var target = target(domain, root).orElseThrow(() -> new Conflict("The guest does not use its root disk."));
        qemuImg.create(
                part, ImageFormat.QCOW2, qemuImg.info(root, ImageFormat.QCOW2).virtualBytes());
        var jobs = domain.blockJobs();
        boolean ready = false;
        try {
            ready = GuestButtons.awaiting(libvirt, domain, news -> {
                jobs.copy(target, Disk.file(part, ImageFormat.QCOW2, target).toXml(), false);
                long end = System.nanoTime() + COPY.toNanos();
                while (System.nanoTime() < end) {
                    // The event is the fast way; a look each second covers one that was lost with the connection.
                    var event = news.poll(1, TimeUnit.SECONDS);
                    if (event instanceof BlockJob(var _, var _, var disk, var status) && disk.equals(target))
                        switch (status) {
                            case READY -> {
                                return true;
                            }
                            case FAILED, CANCELED -> {
                                return false;
                            }
                            case COMPLETED, UNKNOWN -> {}
                        }
                    var progress = jobs.progress(target);
                    if (progress.isEmpty()) return false;
                    if (event == null && progress.get().complete()) return true;
                }
                return false;
            });
            if (ready) letGo(domain, target, quiesce);
        } finally {
            if (!ready) stopMirror(Optional.of(domain), root);
        }
        if (!ready)
            throw new Unavailable("The disk of the guest could not be copied.", "its mirror did not get ready", null);
    }

    /// The copy is the disk as it is now.
    private static void letGo(Domain domain, String target, Quiesce quiesce) {
        boolean frozen = quiesce != Quiesce.NO && freeze(domain, quiesce);
        try {
            domain.blockJobs().abort(target);
        } finally {
            if (frozen) domain.agent().thaw();
        }
    }

    private static boolean freeze(Domain domain, Quiesce quiesce) {
        try {
            domain.agent().freeze();
            return true;
        } catch (LibvirtException e) {
            if (quiesce == Quiesce.REQUIRE)
                throw new Conflict("The guest could not be quiesced: its agent does not answer.");
            if (!e.is(LibvirtError.AGENT_UNRESPONSIVE)) throw e;
            LOG.info("domain {} is copied without being quiesced: {}", domain.uuid(), e.getMessage());
            return false;
        }
    }
}
