package cloud.yun.objectstore.large;

import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.error.CloudException;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.Refused;
import cloud.yun.kernel.error.CloudException.Unavailable;
import cloud.yun.kernel.json.Json;
import cloud.yun.objectstore.access.Access;
import cloud.yun.objectstore.base.Call;
import cloud.yun.objectstore.base.Limits;
import cloud.yun.objectstore.base.Listing;
import cloud.yun.objectstore.base.SwiftPath;
import cloud.yun.objectstore.object.Draft;
import cloud.yun.objectstore.object.Objects;
import cloud.yun.objectstore.object.Place;
import cloud.yun.objectstore.object.PutObject;
import cloud.yun.objectstore.object.StoredObject;
import cloud.yun.objectstore.object.StoredObjectStore;
import cloud.yun.objectstore.store.ObjectFiles;
import java.io.IOException;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;

/// Makes static large objects and reads both kinds.
public final class LargeObjects {
    private static final int DEPTH_MAX = 10;

    private final Database db;
    private final Objects objects;
    private final ObjectFiles files;
    private final PutObject puts;
    private final Access access;
    private final Limits limits;

    public LargeObjects(Database db, Objects objects, ObjectFiles files, PutObject puts, Access access, Limits limits) {
        this.db = db;
        this.objects = objects;
        this.files = files;
        this.puts = puts;
        this.access = access;
        this.limits = limits;
    }

    /// @return what a client reads of the object, when it is a large one and the client did not ask for its manifest
    public Optional<Segments> of(Call call, SwiftPath path, StoredObject object) {
        var account = path.account();
        if (object.slo().isPresent()) {
            var segments = new ArrayList<Segment>();
            expand(call, account, manifest(object), segments, 0);
            return Optional.of(new Segments(
                    objects, files, call, segments, object.slo().get().etag()));
        }
        var prefix = object.headers().get(StoredObject.MANIFEST);
        return prefix == null ? Optional.empty() : Optional.of(dynamic(call, account, prefix));
    }

    private Segments dynamic(Call call, String account, String manifest) {
        var decoded = cloud.yun.objectstore.base.Wire.unquote(manifest);
        int slash = decoded.indexOf('/');
        var path = SwiftPath.container(account, decoded.substring(0, slash));
        var prefix = decoded.substring(slash + 1);
        // Its objects are read one by one later; who may not read one may not read the others.
        var container = Place.find(db, SwiftPath.object(account, path.containerName(), prefix))
                .require(access, call, true);
        var segments = new ArrayList<Segment>();
        var etags = new StringBuilder();
        var query = Listing.Query.prefix(prefix, limits.containerListingMax());
        while (true) {
            var at = query;
            var page = db.read(tx -> Listing.page(
                    at,
                    false,
                    StoredObject::name,
                    (bounds, limit) -> new StoredObjectStore(tx).list(container.id(), bounds, limit)));
            for (var entry : page) {
                var object = entry.item().orElseThrow();
                etags.append(object.slo().map(StoredObject.Slo::etag).orElse(object.etag()));
                if (object.bytes() > 0)
                    segments.add(Segment.of(
                            SwiftPath.object(account, container.name(), object.name()),
                            object.etag(),
                            0,
                            object.bytes()));
            }
            if (page.size() < query.limit()) break;
            query = query.after(page.getLast().name());
        }
        return new Segments(objects, files, call, segments, StaticManifest.md5(etags.toString()));
    }

    /// The stored form of a manifest.
    public ArrayNode manifest(StoredObject object) {
        try (var channel = files.open(object.dataId())
                .orElseThrow(() -> new Unavailable("", "manifest " + object.dataId() + " has no file", null))) {
            return (ArrayNode) Json.parse(Channels.newInputStream(channel).readAllBytes());
        } catch (IOException e) {
            throw new Unavailable("", "manifest " + object.dataId(), e);
        }
    }

    /// @return the manifest as a client sent it
    public ArrayNode raw(StoredObject object) {
        return StaticManifest.raw(manifest(object));
    }

    private void expand(Call call, String account, ArrayNode manifest, List<Segment> into, int depth) {
        if (depth > DEPTH_MAX) throw new Conflict("");
        for (var entry : manifest) {
            if (entry.has("data")) {
                into.add(Segment.inline(
                        Base64.getDecoder().decode(entry.get("data").asString(""))));
                continue;
            }
            var path = path(account, entry.path("name").asString(""));
            var bytes = entry.path("bytes").longValue();
            var etag = entry.path("hash").asString("");
            var own = new ArrayList<Segment>();
            if (entry.path("sub_slo").asBoolean(false)) {
                var nested = nested(call, path, etag);
                expand(call, account, manifest(nested), own, depth + 1);
            } else own.add(Segment.of(path, etag, 0, bytes));
            var range = entry.path("range").asString("");
            if (range.isEmpty()) into.addAll(own);
            else cut(own, range, bytes, into);
        }
    }

    private StoredObject nested(Call call, SwiftPath path, String etag) {
        try {
            var found = objects.read(call, path).object();
            if (found.slo().map(s -> s.etag().equals(etag)).orElse(false)) return found;
            throw new Conflict("");
        } catch (CloudException.NotFound | Refused e) {
            throw new Conflict("");
        }
    }

    private static void cut(List<Segment> own, String range, long bytes, List<Segment> into) {
        var pieces = cloud.yun.objectstore.base.Ranges.parse("bytes=" + range)
                .map(r -> r.of(bytes))
                .orElse(List.of());
        for (var piece : pieces) {
            long at = 0;
            for (var segment : own) {
                long from = Math.max(piece.begin(), at);
                long to = Math.min(piece.end(), at + segment.length());
                if (from < to) into.add(segment.part(from - at, to - at));
                at += segment.length();
            }
        }
    }

    private static SwiftPath path(String account, String name) {
        int slash = name.indexOf('/', 1);
        return SwiftPath.object(account, name.substring(1, slash), name.substring(slash + 1));
    }

    /// @return paths of all segments that are objects, of nested ones too
    public List<SwiftPath> segments(Call call, SwiftPath path, StoredObject object) {
        var found = new ArrayList<SwiftPath>();
        for (var entry : manifest(object)) {
            if (entry.has("data")) continue;
            var segment = path(path.account(), entry.path("name").asString(""));
            if (entry.path("sub_slo").asBoolean(false))
                found.addAll(segments(
                        call, segment, nested(call, segment, entry.path("hash").asString(""))));
            found.add(segment);
        }
        return found;
    }

    /// `PUT ...?multipart-manifest=put`.
    ///
    /// @return what was written, under the ETag of the whole
    /// @throws Invalid the list is wrong, or a segment is not what it says
    public PutObject.Written put(Call call) {
        PutObject.Names.check(call.path(), limits);
        Place.find(db, call.path()).require(access, call, false);
        var entries = StaticManifest.parse(body(call));
        var draft = Draft.of(call, call.path().objectName(), limits);
        var problems = new StringBuilder();
        var stored = Json.array();
        var etags = new StringBuilder();
        long total = 0;
        for (var entry : entries) {
            if (entry.isInline()) {
                stored.addObject().put("data", Base64.getEncoder().encodeToString(entry.data()));
                etags.append(StaticManifest.md5(entry.data()));
                total += entry.data().length;
                continue;
            }
            try {
                total += add(call, entry, stored, etags);
            } catch (CloudException e) {
                problems.append(cloud.yun.objectstore.base.Wire.quote(entry.path()))
                        .append(", ")
                        .append(problem(e))
                        .append('\n');
            }
        }
        if (!problems.isEmpty()) throw new Invalid("Errors:\n" + problems);
        var etag = StaticManifest.md5(etags.toString());
        var promised = call.header("etag").map(e -> e.strip().replace("\"", "")).filter(e -> !e.isEmpty());
        if (promised.isPresent() && !promised.get().equals(etag)) throw new Refused(422, "");
        var written =
                puts.manifest(call.path(), draft, Json.bytes(stored), new StoredObject.Slo(total, etag), call.stamp());
        return new PutObject.Written(etag, total, written.stamp(), written.won(), written.versionId());
    }

    private static String problem(CloudException e) {
        return switch (e) {
            case Invalid invalid -> invalid.userMessage();
            case CloudException.NotFound _ -> "404 Not Found";
            case Refused refused -> refused.status() == 401 ? "401 Unauthorized" : "403 Forbidden";
            default -> "503 Service Unavailable";
        };
    }

    private static byte[] body(Call call) {
        try (var in = call.body()) {
            var bytes = in.readNBytes(StaticManifest.BYTES_MAX + 1);
            if (bytes.length > StaticManifest.BYTES_MAX) throw new Refused(413, "Manifest is too large.\n");
            return bytes;
        } catch (IOException e) {
            throw new Refused(499, "");
        }
    }

    /// @return bytes that it contributes
    private long add(Call call, StaticManifest.Entry entry, ArrayNode stored, StringBuilder etags) {
        var object = objects.read(call, entry.in(call.path().account())).object();
        long bytes = object.slo().map(StoredObject.Slo::bytes).orElse(object.bytes());
        var etag = object.slo().map(StoredObject.Slo::etag).orElse(object.etag());
        if (bytes < 1) throw new Invalid("Too Small; each segment must be at least 1 byte.");
        if (entry.bytes().isPresent() && entry.bytes().get() != bytes) throw new Invalid("Size Mismatch");
        if (entry.etag().isPresent() && !entry.etag().get().equals(etag)) throw new Invalid("Etag Mismatch");
        long length = bytes;
        var node = stored.addObject()
                .put("name", entry.path())
                .put("bytes", bytes)
                .put("hash", etag)
                .put("content_type", object.contentType())
                .put("last_modified", object.updatedAt().iso());
        if (object.slo().isPresent()) node.put("sub_slo", true);
        etags.append(etag);
        if (entry.range().isPresent()) {
            var pieces = entry.range().get().of(bytes);
            if (pieces.isEmpty()) throw new Invalid("Unsatisfiable Range");
            var piece = pieces.getFirst();
            length = piece.length();
            if (length != bytes) {
                var text = piece.begin() + "-" + (piece.end() - 1);
                node.put("range", text);
                etags.append(':').append(text).append(';');
            }
        }
        return length;
    }
}
