package cloud.yun.objectstore.object;

import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.error.CloudException;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.Refused;
import cloud.yun.objectstore.access.Access;
import cloud.yun.objectstore.base.Call;
import cloud.yun.objectstore.base.Limits;
import cloud.yun.objectstore.base.Stamp;
import cloud.yun.objectstore.base.SwiftPath;
import cloud.yun.objectstore.base.Wire;
import cloud.yun.objectstore.store.ObjectFiles;
import java.io.InputStream;
import java.time.Clock;
import java.util.HexFormat;
import java.util.Optional;

/// Stores an object: the bytes to the disk first, then, in one transaction, the row and all sums.
///
/// Whatever fails on the way, or a crash between file and row, leaves the object as it was; of a crash a file remains
/// that nobody refers to, which `Orphans` removes. Of two writers the one whose request began later wins, whoever ends
/// first.
public final class PutObject {
    private final Database db;
    private final ObjectFiles files;
    private final Access access;
    private final Limits limits;
    private final Clock clock;
    private volatile Runnable betweenFileAndRow = () -> {};

    public PutObject(Database db, ObjectFiles files, Access access, Limits limits, Clock clock) {
        this.db = db;
        this.files = files;
        this.access = access;
        this.limits = limits;
        this.clock = clock;
    }

    /// @param won whether it is what clients now see; a later writer may have been faster
    public record Written(String etag, long bytes, Stamp stamp, boolean won, Optional<String> versionId) {}

    /// For crash tests: runs when the file has its name and no row refers to it yet.
    public void betweenFileAndRow(Runnable probe) {
        betweenFileAndRow = probe;
    }

    /// A client's PUT with its body.
    ///
    /// @throws Refused 411, neither a length nor chunks; 412, `If-None-Match: *` and it is there; 413, too long or
    ///     over
    ///     quota; 422, the bytes are not those that `ETag` promises
    public Written put(Call call) {
        var path = call.path();
        Names.check(path, limits);
        var place = Place.find(db, path);
        var container = place.require(access, call, false);
        var draft = Draft.of(call, path.objectName(), limits);
        long length = length(call);
        if (length > limits.fileSizeMax()) throw new Refused(413, "Your request is too large.");
        Quota.require(container, place.account(), Math.max(0, length));
        noneMatch(call, container.id());
        var promised = etag(call);
        return store(path, draft, call.body(), length, promised, call.stamp());
    }

    /// A file out of a form or an archive, whose length nobody said.
    public Written put(Call call, Draft draft, InputStream in) {
        var place = Place.find(db, call.path());
        var container = place.require(access, call, false);
        Quota.require(container, place.account(), 0);
        return store(call.path(), draft, in, -1, Optional.empty(), call.stamp());
    }

    /// @return -1 for chunks
    /// @throws Refused 411, neither
    static long length(Call call) {
        var length = call.header("content-length");
        if (length.isPresent()) {
            if (!length.get().matches("\\d{1,18}")) throw new Invalid("Invalid Content-Length header value");
            return Long.parseLong(length.get());
        }
        if (call.header("transfer-encoding")
                .map(t -> t.equalsIgnoreCase("chunked"))
                .orElse(false)) return -1;
        throw new Refused(411, "Missing Content-Length header.");
    }

    /// The MD5 that a client promises, in hexadecimal.
    static Optional<String> etag(Call call) {
        var md5 = call.header("content-md5");
        if (md5.isPresent())
            try {
                var bytes = java.util.Base64.getDecoder().decode(md5.get().strip());
                if (bytes.length == 16) return Optional.of(HexFormat.of().formatHex(bytes));
            } catch (IllegalArgumentException e) {
                throw new Invalid("Invalid Content-MD5 header value");
            }
        return call.header("etag")
                .map(e -> e.strip().replaceAll("^\"|\"$", "").toLowerCase(java.util.Locale.ROOT))
                .filter(e -> !e.isEmpty());
    }

    void noneMatch(Call call, long containerId) {
        var header = call.header("if-none-match");
        if (header.isEmpty()) return;
        if (!header.get().strip().equals("*")) throw new Invalid("If-None-Match only supports *");
        var there = db.read(
                tx -> new StoredObjectStore(tx).find(containerId, call.path().objectName()));
        if (there.isPresent() && !there.get().expired(clock.instant())) throw new Refused(412, "");
    }

    /// @param length of what comes; -1 when unknown
    /// @param promised MD5 in hexadecimal, if the client named it
    /// @throws Refused 422, the bytes are others than promised; 499, fewer than announced
    public Written store(
            SwiftPath path, Draft draft, InputStream in, long length, Optional<String> promised, Stamp stamp) {
        var received = files.receive(in, limits.fileSizeMax());
        boolean kept = false;
        try {
            if (length >= 0 && received.bytes() != length) throw new Refused(499, "");
            if (promised.isPresent() && !promised.get().equals(received.md5())) throw new Refused(422, "");
            var row = draft.row(received.dataId(), received.bytes(), received.md5(), Optional.empty(), stamp);
            betweenFileAndRow.run();
            kept = true;
            return commit(path, row);
        } finally {
            if (!kept) files.delete(received.dataId());
        }
    }

    /// @param row of data that are on the disk; when it does not come to stay they are removed
    Written commit(SwiftPath path, StoredObject row) {
        try {
            var put = db.transaction(tx -> new ObjectChanges(tx).put(path, row, clock.instant()));
            files.deleteAll(put.dropped());
            return new Written(row.etag(), row.bytes(), row.stamp(), put.written(), put.versionId());
        } catch (CloudException e) {
            // When the database did not answer, the row may be there all the same: then the sweep decides.
            if (!(e instanceof CloudException.Unavailable)) files.delete(row.dataId());
            throw e;
        }
    }

    /// A copy of `source` whose bytes are already on the disk, under another id.
    public Written commit(SwiftPath path, Draft draft, String dataId, StoredObject source, Stamp stamp) {
        return commit(path, draft.row(dataId, source.bytes(), source.etag(), source.slo(), stamp));
    }

    /// The manifest of a static large object, as any object's bytes.
    public Written manifest(SwiftPath path, Draft draft, byte[] manifest, StoredObject.Slo slo, Stamp stamp) {
        var received = files.receive(new java.io.ByteArrayInputStream(manifest), limits.fileSizeMax());
        return commit(path, draft.row(received.dataId(), received.bytes(), received.md5(), Optional.of(slo), stamp));
    }

    /// Lengths of names.
    public static final class Names {
        private Names() {}

        /// @throws Invalid one is too long
        public static void check(SwiftPath path, Limits limits) {
            check("Account", path.account(), limits.accountNameMax());
            path.container().ifPresent(c -> check("Container", c, limits.containerNameMax()));
            path.object().ifPresent(o -> check("Object", o, limits.objectNameMax()));
        }

        private static void check(String kind, String name, int max) {
            int bytes = Wire.bytes(name);
            if (bytes > max) throw new Invalid(kind + " name length of " + bytes + " longer than " + max);
        }
    }
}
