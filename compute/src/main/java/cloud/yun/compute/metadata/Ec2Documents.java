package cloud.yun.compute.metadata;

import cloud.yun.compute.metadata.MetadataService.Subject;
import cloud.yun.kernel.json.Json;
import cloud.yun.network.MetadataSource.Document;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import tools.jackson.databind.node.ObjectNode;

/// `/VERSION/meta-data/...` and `/VERSION/user-data`, as Amazon's guests know them.
///
/// @see <a href="https://docs.openstack.org/nova/latest/user/metadata.html#ec2-compatible-metadata">EC2 metadata</a>
final class Ec2Documents {
    private static final List<String> VERSIONS = List.of(
            "1.0",
            "2007-01-19",
            "2007-03-01",
            "2007-08-29",
            "2007-10-10",
            "2007-12-15",
            "2008-02-01",
            "2008-09-01",
            "2009-04-04");

    private final Subject subject;

    Ec2Documents(Subject subject) {
        this.subject = subject;
    }

    /// @param path without slashes at its ends
    Optional<Document> read(String path) {
        if (path.isEmpty()) return text(String.join("\n", VERSIONS) + "\nlatest");
        int slash = path.indexOf('/');
        var version = slash < 0 ? path : path.substring(0, slash);
        if (!version.equals("latest") && !VERSIONS.contains(version)) return Optional.empty();
        if (slash < 0) return text(subject.userData().isPresent() ? "meta-data/\nuser-data" : "meta-data/");
        var rest = path.substring(slash + 1);
        if (rest.equals("user-data")) return subject.userData().map(d -> new Document("application/octet-stream", d));
        if (rest.equals("meta-data")) return listing("");
        if (!rest.startsWith("meta-data/")) return Optional.empty();
        var name = rest.substring("meta-data/".length());
        var items = items();
        // Amazon lists keys with their names; the key itself is one level below.
        if (name.equals("public-keys"))
            return keyed() ? text("0=" + subject.server().keyName().orElse("")) : Optional.empty();
        var value = items.get(name);
        return value != null ? text(value) : listing(name + "/");
    }

    private boolean keyed() {
        return subject.server().publicKey().isPresent();
    }

    /// What stands directly below `prefix`; a folder ends in a slash.
    private Optional<Document> listing(String prefix) {
        var names = new TreeSet<String>();
        for (var name : items().keySet()) {
            if (!name.startsWith(prefix)) continue;
            var rest = name.substring(prefix.length());
            int slash = rest.indexOf('/');
            names.add(slash < 0 ? rest : rest.substring(0, slash + 1));
        }
        return names.isEmpty() ? Optional.empty() : text(String.join("\n", names));
    }

    private Map<String, String> items() {
        var server = subject.server();
        var items = new LinkedHashMap<String, String>();
        items.put(
                "ami-id", server.imageId().map(i -> "ami-" + i.substring(0, 8)).orElse("None"));
        items.put("ami-launch-index", Integer.toString(server.launchIndex()));
        items.put("block-device-mapping/ami", "vda");
        items.put("block-device-mapping/root", "/dev/vda");
        items.put("hostname", subject.hostname());
        items.put("instance-action", "none");
        items.put("instance-id", "i-" + server.id().substring(0, 8));
        items.put("instance-type", server.flavorName());
        items.put("local-hostname", subject.hostname());
        items.put("local-ipv4", subject.address(4).orElse(""));
        items.put("placement/availability-zone", server.availabilityZone().orElse(""));
        items.put("public-hostname", subject.hostname());
        items.put("public-ipv4", subject.floating().orElse(""));
        items.put("reservation-id", server.reservationId().orElse(""));
        server.publicKey().ifPresent(k -> items.put("public-keys/0/openssh-key", k));
        var groups = new TreeSet<String>();
        subject.ports().forEach(p -> groups.addAll(p.securityGroupNames()));
        items.put("security-groups", String.join("\n", groups));
        return items;
    }

    /// @return the config drive's files by path: one JSON document instead of many small ones
    Map<String, byte[]> files() {
        var files = new LinkedHashMap<String, byte[]>();
        var data = Json.object();
        items().forEach((name, value) -> nested(data, name, value));
        for (var version : List.of("latest", VERSIONS.getLast())) {
            files.put(version + "/meta-data.json", Json.bytes(data));
            subject.userData().ifPresent(d -> files.put(version + "/user-data", d));
        }
        return files;
    }

    private static void nested(ObjectNode into, String name, String value) {
        int slash = name.indexOf('/');
        if (slash < 0) into.put(name, value);
        else nested(into.withObjectProperty(name.substring(0, slash)), name.substring(slash + 1), value);
    }

    private static Optional<Document> text(String text) {
        return Optional.of(new Document("text/plain; charset=UTF-8", text.getBytes(StandardCharsets.UTF_8)));
    }
}
