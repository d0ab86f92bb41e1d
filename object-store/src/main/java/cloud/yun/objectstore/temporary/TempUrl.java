package cloud.yun.objectstore.temporary;

import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.http.Reply;
import cloud.yun.objectstore.base.Call;
import cloud.yun.objectstore.base.Metadata;
import cloud.yun.objectstore.base.Stamp;
import cloud.yun.objectstore.base.SwiftPath;
import cloud.yun.objectstore.base.Wire;
import cloud.yun.objectstore.front.Filter;
import cloud.yun.objectstore.front.Handler;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// URLs that open one object, or all whose names begin alike, for one method until a time.
///
/// @see <a href="https://docs.openstack.org/swift/latest/api/temporary_url_middleware.html">temporary URLs</a>
public final class TempUrl implements Filter {
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "PUT", "POST", "DELETE");

    /// They would let somebody who may write one object read others.
    private static final List<String> DISALLOWED =
            List.of("x-object-manifest", "x-symlink-target", "x-copy-from", "x-copy-from-account");

    private final Signatures signatures;
    private final Clock clock;

    public TempUrl(Database db, Set<String> digests, String mount, Clock clock) {
        this.signatures = new Signatures(db, digests, mount);
        this.clock = clock;
    }

    @Override
    public Reply apply(Call call, Handler next) {
        var signature = call.query("temp_url_sig");
        var expires = call.query("temp_url_expires");
        if (signature.isEmpty() && expires.isEmpty() || call.method().equals("OPTIONS")) return next.handle(call);
        var until = expires.flatMap(TempUrl::seconds)
                .filter(e -> e > clock.instant().getEpochSecond());
        var parsed = signature.flatMap(signatures::parse);
        if (until.isEmpty() || parsed.isEmpty() || call.path().object().isEmpty() || !METHODS.contains(call.method()))
            return invalid();
        var prefix = call.query("temp_url_prefix");
        if (prefix.isPresent() && !call.path().objectName().startsWith(prefix.get())) return invalid();
        var network = call.query("temp_url_ip_range");
        if (network.isPresent() && !IpRange.contains(network.get(), call)) return invalid();
        var opened = signatures.opened(call.path(), parsed.get(), texts(call, until.get(), prefix, network));
        if (opened.isEmpty()) return invalid();
        for (var name : DISALLOWED)
            if (!call.reads() && call.header(name).isPresent())
                throw new Invalid("The header '" + Metadata.title(name) + "' is not allowed in this tempurl");
        var reply = next.handle(call.with(opened.get()));
        return call.reads() && reply.status() / 100 == 2 ? dressed(call, reply, until.get()) : reply;
    }

    private static Reply invalid() {
        return Reply.text(401, "401 Unauthorized: Temp URL invalid\n", "text/plain; charset=UTF-8");
    }

    private List<String> texts(Call call, long until, Optional<String> prefix, Optional<String> network) {
        // Who may read, or may write, may also look.
        var methods = call.method().equals("HEAD") ? List.of("HEAD", "GET", "PUT", "POST") : List.of(call.method());
        var path = call.path();
        var bases = prefix.isEmpty()
                ? signatures.paths(path)
                : signatures.paths(SwiftPath.container(path.account(), path.containerName())).stream()
                        .map(p -> "prefix:" + p + "/" + prefix.get())
                        .toList();
        var texts = new ArrayList<String>();
        for (var method : methods)
            for (var base : bases)
                texts.add(network.map(n -> "ip=" + n + "\n").orElse("") + method + "\n" + until + "\n" + base);
        return texts;
    }

    private static Optional<Long> seconds(String text) {
        if (text.matches("\\d{1,12}")) return Optional.of(Long.parseLong(text));
        return Stamp.httpSeconds(text.matches("\\d{4}-\\d\\d-\\d\\d") ? text + "T00:00:00Z" : text);
    }

    /// A browser saves it under its name; metadata are nobody's business.
    private static Reply dressed(Call call, Reply reply, long until) {
        var headers = new LinkedHashMap<String, String>();
        reply.headers().forEach((name, value) -> {
            if (!name.startsWith("X-Object-Meta-") || name.startsWith("X-Object-Meta-Public-"))
                headers.put(name, value);
        });
        headers.put("Expires", new Stamp(until * 1_000_000).http());
        disposition(call, headers).ifPresent(d -> headers.put("Content-Disposition", d));
        return new Reply(reply.status(), headers, reply.body());
    }

    private static Optional<String> disposition(Call call, Map<String, String> headers) {
        var filename = call.query("filename").filter(f -> !f.isEmpty());
        if (call.asks("inline"))
            return Optional.of(filename.map(f -> named("inline", f)).orElse("inline"));
        if (filename.isPresent()) return Optional.of(named("attachment", filename.get()));
        if (headers.containsKey("Content-Disposition")) return Optional.empty();
        var path = call.path().objectName().replaceAll("/+$", "");
        return Optional.of(named("attachment", path.substring(path.lastIndexOf('/') + 1)));
    }

    private static String named(String kind, String name) {
        return kind + "; filename=\"" + Wire.encode(name.replace("\"", "%22").replaceAll("[\\r\\n]", " "))
                + "\"; filename*=UTF-8''" + Wire.quote(name).replace("/", "%2F");
    }
}
