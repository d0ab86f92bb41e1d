package cloud.yun.host.libvirt;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.util.Optional;

/// Work on the disks of a running guest: snapshots into new overlays, merging them, copying to another place.
///
/// Jobs run in the background; `DomainEvent.BlockJob` tells when one is ready or over.
public final class BlockJobs {
    /// @param kind libvirt's number: 1 pull, 2 copy, 3 commit, 4 active commit
    /// @param doneBytes of `totalBytes`; a copy or active commit that has all stays in step until it is ended
    public record Progress(int kind, long doneBytes, long totalBytes) {
        public boolean complete() {
            return totalBytes > 0 && doneBytes == totalBytes;
        }
    }

    private final Domain domain;

    BlockJobs(Domain domain) {
        this.domain = domain;
    }

    /// Puts new overlays over the disks named in a `<domainsnapshot>`; all or none.
    ///
    /// @param quiesce whether the guest agent freezes the file systems meanwhile
    public void snapshotDisks(String snapshotXml, boolean quiesce) {
        // no metadata 4, disk only 16, reuse files the caller made 32, atomic 128; quiesce 64
        int flags = 4 | 16 | 32 | 128 | (quiesce ? 64 : 0);
        domain.with(d -> {
            var snapshot = Native.check(Native.callPointer("virDomainSnapshotCreateXML", d, snapshotXml, flags));
            return Native.callInt("virDomainSnapshotFree", snapshot);
        });
    }

    /// Merges the top overlay of a disk into the file under it.
    ///
    /// @param base must be named: without it libvirt merges into the lowest file, which may be a shared image
    public void commitActive(String disk, String base) {
        domain.with(d -> Native.check(Native.callInt("virDomainBlockCommit", d, disk, base, Native.NULL, 0L, 4)));
    }

    /// Merges an overlay in the middle of the chain into its base.
    public void commit(String disk, String base, String top) {
        domain.with(d -> Native.check(Native.callInt("virDomainBlockCommit", d, disk, base, top, 0L, 0)));
    }

    /// Fills the top overlay with what is below down to `base` (all of it if empty).
    public void pull(String disk, Optional<String> base) {
        domain.with(d -> base.isPresent()
                ? Native.check(Native.callInt("virDomainBlockRebase", d, disk, base.get(), 0L, 0))
                : Native.check(Native.callInt("virDomainBlockPull", d, disk, 0L, 0)));
    }

    /// Mirrors a disk to another place, which must exist.
    ///
    /// @param diskXml `<disk>` with the new source
    /// @param shallow only the top of the chain
    public void copy(String disk, String diskXml, boolean shallow) {
        int flags = 2 | 4 | (shallow ? 1 : 0);
        domain.with(d -> Native.check(Native.callInt("virDomainBlockCopy", d, disk, diskXml, Native.NULL, 0, flags)));
    }

    /// @return how far the job of a disk is; empty when it has none
    public Optional<Progress> progress(String disk) {
        return domain.with(d -> {
            try (var arena = Arena.ofConfined()) {
                // struct { int type; ulong bandwidth; ulonglong cur, end; }
                var info = arena.allocate(32, 8);
                int found = Native.check(Native.callInt("virDomainGetBlockJobInfo", d, disk, info, 0));
                return found == 0
                        ? Optional.<Progress>empty()
                        : Optional.of(
                                new Progress(info.get(JAVA_INT, 0), info.get(JAVA_LONG, 16), info.get(JAVA_LONG, 24)));
            }
        });
    }

    /// Ends a copy or active commit that is ready: the guest goes on with the new file.
    public void pivot(String disk) {
        domain.with(d -> Native.check(Native.callInt("virDomainBlockJobAbort", d, disk, 2)));
    }

    /// Gives a job up; the guest goes on with the old file.
    public void abort(String disk) {
        domain.with(d -> Native.check(Native.callInt("virDomainBlockJobAbort", d, disk, 0)));
    }
}
