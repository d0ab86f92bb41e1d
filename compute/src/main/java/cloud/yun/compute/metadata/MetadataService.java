package cloud.yun.compute.metadata;

import cloud.yun.compute.server.Servers;
import cloud.yun.compute.volume.ServerVolume;
import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.config.Option;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.json.Json;
import cloud.yun.network.MetadataSource;
import cloud.yun.network.ServerPorts.Port;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiFunction;
import tools.jackson.databind.node.ObjectNode;

/// Answers guests about themselves. Everything is read from the database when asked: a changed item is seen at once.
public final class MetadataService implements MetadataSource {
    private static final Option<String> DOMAIN = Option.text(
            "api", "dhcp_domain", "novalocal", "Domain that is put behind the servers' host names; may be empty.");
    private static final Option<String> VENDOR_DATA =
            Option.text("api", "vendordata_jsonfile_path", "", "JSON file that all guests read as vendor_data.json.");
    private static final Option<String> VENDOR_DATA_OLD =
            Option.text("DEFAULT", "vendordata_jsonfile_path", "", "Older place of [api] vendordata_jsonfile_path.");

    /// What is known about a server when it asks.
    ///
    /// @param hostname with its domain
    /// @param userData decoded
    record Subject(
            Servers.Summary server,
            List<Port> ports,
            List<ServerVolume> volumes,
            String hostname,
            Optional<byte[]> userData) {
        /// @return address families' first address of the first port that has one
        Optional<String> address(int version) {
            return ports.stream()
                    .flatMap(p -> p.addresses().stream())
                    .filter(a -> a.version() == version)
                    .map(a -> a.address())
                    .findFirst();
        }

        Optional<String> floating() {
            return ports.stream()
                    .flatMap(p -> p.addresses().stream())
                    .flatMap(a -> a.floating().stream())
                    .findFirst();
        }
    }

    private final Database db;
    private final Servers servers;
    private final BiFunction<Tx, String, List<Port>> ports;
    private final BiFunction<Tx, String, List<ServerVolume>> volumes;
    private final String domain;
    private final ObjectNode vendorData;

    /// @param ports of a server
    /// @param volumes of a server
    /// @throws Config.Wrong the vendor data is no JSON object
    public MetadataService(
            Database db,
            Servers servers,
            BiFunction<Tx, String, List<Port>> ports,
            BiFunction<Tx, String, List<ServerVolume>> volumes,
            Config config) {
        this.db = db;
        this.servers = servers;
        this.ports = ports;
        this.volumes = volumes;
        this.domain = config.get(DOMAIN);
        this.vendorData =
                vendorData(config.get(VENDOR_DATA).isEmpty() ? config.get(VENDOR_DATA_OLD) : config.get(VENDOR_DATA));
    }

    public static List<Option<?>> options() {
        return List.of(DOMAIN, VENDOR_DATA, VENDOR_DATA_OLD);
    }

    private static ObjectNode vendorData(String file) {
        if (file.isEmpty()) return Json.object();
        try {
            if (Json.parse(Files.readAllBytes(Path.of(file))) instanceof ObjectNode object) return object;
            throw new Config.Wrong("[api] vendordata_jsonfile_path: " + file + " holds no JSON object");
        } catch (IOException e) {
            throw new Config.Wrong("[api] vendordata_jsonfile_path: " + file + " cannot be read: " + e.getMessage());
        }
    }

    @Override
    public Optional<Document> read(String serverId, String path) {
        var subject = subject(serverId);
        if (subject.isEmpty()) return Optional.empty();
        var clean = path.replaceAll("/+", "/").replaceAll("^/|/$", "");
        if (clean.equals("openstack") || clean.startsWith("openstack/"))
            return new OpenStackDocuments(subject.get(), vendorData, false)
                    .read(clean.equals("openstack") ? "" : clean.substring("openstack/".length()));
        return new Ec2Documents(subject.get()).read(clean);
    }

    private Optional<Subject> subject(String serverId) {
        return db.read(tx -> servers.find(tx, serverId).map(server -> {
            var name = domain.isEmpty() ? server.hostname() : server.hostname() + "." + domain;
            return new Subject(
                    server,
                    ports.apply(tx, serverId),
                    volumes.apply(tx, serverId),
                    name,
                    server.userData().map(MetadataService::decoded));
        }));
    }

    private static byte[] decoded(String base64) {
        return Base64.getMimeDecoder().decode(base64);
    }

    /// The same documents as files for a guest that has no network yet. Only here stand the admin's
    /// password and the files that the server was made with ("personality").
    ///
    /// @return content by path; that of a path with `;base64` at its end is base64 of bytes that are no text
    public Map<String, String> configDrive(String serverId) {
        var files = new TreeMap<String, String>();
        subject(serverId).ifPresent(subject -> {
            new OpenStackDocuments(subject, vendorData, true)
                    .files()
                    .forEach((path, bytes) -> put(files, "openstack/" + path, bytes));
            new Ec2Documents(subject).files().forEach((path, bytes) -> put(files, "ec2/" + path, bytes));
        });
        return new LinkedHashMap<>(files);
    }

    private static void put(Map<String, String> files, String path, byte[] bytes) {
        try {
            files.put(
                    path,
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(bytes))
                            .toString());
        } catch (CharacterCodingException e) { // compressed user data, for example
            files.put(path + ";base64", Base64.getEncoder().encodeToString(bytes));
        }
    }
}
