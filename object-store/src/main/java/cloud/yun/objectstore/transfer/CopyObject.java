package cloud.yun.objectstore.transfer;

import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.Refused;
import cloud.yun.kernel.error.CloudException.Unavailable;
import cloud.yun.objectstore.access.Access;
import cloud.yun.objectstore.base.Call;
import cloud.yun.objectstore.base.Conditions;
import cloud.yun.objectstore.base.Limits;
import cloud.yun.objectstore.base.Ranges;
import cloud.yun.objectstore.base.SwiftPath;
import cloud.yun.objectstore.base.Wire;
import cloud.yun.objectstore.large.LargeObjects;
import cloud.yun.objectstore.large.Segments;
import cloud.yun.objectstore.object.Draft;
import cloud.yun.objectstore.object.Objects;
import cloud.yun.objectstore.object.Place;
import cloud.yun.objectstore.object.PutObject;
import cloud.yun.objectstore.object.StoredObject;
import cloud.yun.objectstore.store.Limited;
import cloud.yun.objectstore.store.ObjectFiles;
import java.io.IOException;
import java.nio.channels.Channels;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Copies an object, its metadata too unless the request wants them fresh.
///
/// A plain object's bytes are not copied: the new one is a second name of the same file. Of a large object what
/// clients
/// read of it is copied, or its manifest if the request says so.
///
/// @see <a href="https://docs.openstack.org/api-ref/object-store/#copy-object">COPY object</a>
public final class CopyObject {
    private static final int TRIES = 5;

    private final Database db;
    private final Objects objects;
    private final LargeObjects large;
    private final ObjectFiles files;
    private final PutObject puts;
    private final Access access;
    private final Limits limits;

    public CopyObject(
            Database db,
            Objects objects,
            LargeObjects large,
            ObjectFiles files,
            PutObject puts,
            Access access,
            Limits limits) {
        this.db = db;
        this.objects = objects;
        this.large = large;
        this.files = files;
        this.puts = puts;
        this.access = access;
        this.limits = limits;
    }

    /// @param headers that say where it came from
    public record Copied(PutObject.Written written, Map<String, String> headers) {}

    /// `COPY` with `Destination`.
    public Copied copy(Call call) {
        var destination = call.header("destination").orElseThrow(() -> new Refused(412, "Destination header required"));
        var account = call.header("destination-account").orElse(call.path().account());
        var target = path("Destination", account, unquoted("Destination", destination));
        return copy(call, call.path(), call.query("version-id"), target);
    }

    /// `PUT` with `X-Copy-From`.
    ///
    /// @throws Invalid it has a body
    public Copied put(Call call) {
        if (!call.header("content-length").orElse("0").equals("0"))
            throw new Invalid("Copy requests require a zero byte body");
        var account = call.header("x-copy-from-account").orElse(call.path().account());
        var from = call.header("x-copy-from").orElse("");
        int question = from.indexOf("?version-id=");
        var version = question < 0 ? Optional.<String>empty() : Optional.of(from.substring(question + 12));
        var source = path(
                "X-Copy-From", account, unquoted("X-Copy-From", question < 0 ? from : from.substring(0, question)));
        return copy(call, source, version, call.path());
    }

    private static String unquoted(String header, String value) {
        try {
            return Wire.unquote(value);
        } catch (IllegalArgumentException e) {
            throw new Refused(412, header + " header is not well encoded");
        }
    }

    private static SwiftPath path(String header, String account, String text) {
        var path = text.startsWith("/") ? text.substring(1) : text;
        int slash = path.indexOf('/');
        if (slash < 1 || slash == path.length() - 1)
            throw new Refused(412, header + " header must be of the form <container name>/<object name>");
        return SwiftPath.object(account, path.substring(0, slash), path.substring(slash + 1));
    }

    private Copied copy(Call call, SwiftPath source, Optional<String> version, SwiftPath target) {
        PutObject.Names.check(target, limits);
        boolean manifest =
                call.query("multipart-manifest").filter("get"::equals).isPresent();
        for (int i = 0; i < TRIES; i++) {
            var object = objects.read(call, source, version).object();
            var segments = manifest ? Optional.<Segments>empty() : large.of(call, source, object);
            var etag = segments.map(Segments::etag).orElse(object.etag());
            if (Conditions.refusal(call, Optional.of(etag), Optional.of(object.updatedAt()))
                    .isPresent()) throw new Refused(412, "");
            Place.find(db, target).require(access, call, false);
            var draft = draft(call, object, segments.isPresent(), target);
            var ranges = call.header("range").flatMap(Ranges::parse);
            var written = segments.isPresent() || ranges.isPresent()
                    ? streamed(call, object, segments, ranges, target, draft)
                    : linked(call, object, target, draft);
            if (written.isPresent()) return new Copied(written.get(), headers(source, object, draft));
        }
        throw new Unavailable("", "the data of " + source + " are not there", null);
    }

    /// @param flat whether the copy is plain though the source is large
    private Draft draft(Call call, StoredObject source, boolean flat, SwiftPath target) {
        var own = Draft.of(call, target.objectName(), limits);
        var named = call.header("content-type").filter(t -> !t.isBlank());
        var type = call.truth("x-detect-content-type") ? own.contentType() : named.orElse(source.contentType());
        if (call.truth("x-fresh-metadata")) return new Draft(type, own.deleteAt(), own.headers());
        var headers = new TreeMap<>(source.headers());
        if (flat) headers.remove(StoredObject.MANIFEST);
        headers.putAll(own.headers());
        return new Draft(type, own.deleteAt().or(source::deleteAt), headers);
    }

    private Optional<PutObject.Written> linked(Call call, StoredObject object, SwiftPath target, Draft draft) {
        return files.copy(object.dataId()).map(id -> puts.commit(target, draft, id, object, call.stamp()));
    }

    private Optional<PutObject.Written> streamed(
            Call call,
            StoredObject object,
            Optional<Segments> segments,
            Optional<Ranges> ranges,
            SwiftPath target,
            Draft draft) {
        long length = segments.map(Segments::length).orElse(object.bytes());
        var pieces = ranges.map(r -> r.of(length)).orElse(java.util.List.of(new Ranges.Piece(0, length)));
        if (pieces.size() != 1) throw new Refused(416, "");
        var piece = pieces.getFirst();
        segments.ifPresent(Segments::require);
        if (segments.isPresent())
            return Optional.of(puts.store(
                    target,
                    draft,
                    segments.get().stream(piece.begin(), piece.end()),
                    piece.length(),
                    Optional.empty(),
                    call.stamp()));
        try (var channel = files.open(object.dataId()).orElse(null)) {
            if (channel == null) return Optional.empty();
            channel.position(piece.begin());
            var in = Limited.piece(Channels.newInputStream(channel), piece.length());
            return Optional.of(puts.store(target, draft, in, piece.length(), Optional.empty(), call.stamp()));
        } catch (IOException e) {
            throw new Unavailable("", "copy of " + object.dataId(), e);
        }
    }

    private static Map<String, String> headers(SwiftPath source, StoredObject object, Draft draft) {
        var headers = new LinkedHashMap<String, String>();
        draft.headers().forEach((name, value) -> {
            if (name.startsWith("X-Object-Meta-")) headers.put(name, Wire.encode(value));
        });
        headers.put("X-Copied-From", Wire.quote(source.containerName() + "/" + source.objectName()));
        headers.put("X-Copied-From-Account", Wire.quote(source.account()));
        headers.put("X-Copied-From-Last-Modified", object.updatedAt().http());
        return headers;
    }
}
