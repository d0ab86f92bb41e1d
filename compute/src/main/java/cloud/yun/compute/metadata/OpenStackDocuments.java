package cloud.yun.compute.metadata;

import cloud.yun.compute.metadata.MetadataService.Subject;
import cloud.yun.kernel.json.Json;
import cloud.yun.network.MetadataSource.Document;
import cloud.yun.network.ServerPorts.Address;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `/openstack/VERSION/...`. Older versions are the newest one without what came later.
final class OpenStackDocuments {
    private static final List<String> VERSIONS = List.of(
            "2012-08-10",
            "2013-04-04",
            "2013-10-17",
            "2015-10-15",
            "2016-06-30",
            "2016-10-06",
            "2017-02-22",
            "2018-08-27",
            "2020-10-14");
    private static final String LATEST = "latest";
    private static final int SEED_BYTES = 512;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Subject subject;
    private final ObjectNode vendorData;
    private final boolean ownDrive;

    /// @param ownDrive whether it is for the guest's own drive: only there stand the admin's password and the injected
    /// files
    OpenStackDocuments(Subject subject, ObjectNode vendorData, boolean ownDrive) {
        this.subject = subject;
        this.vendorData = vendorData;
        this.ownDrive = ownDrive;
    }

    /// @param path below `/openstack/`
    Optional<Document> read(String path) {
        if (path.isEmpty()) return text(String.join("\n", VERSIONS) + "\n" + LATEST);
        int slash = path.indexOf('/');
        var version = slash < 0 ? path : path.substring(0, slash);
        if (!version.equals(LATEST) && !VERSIONS.contains(version)) return Optional.empty();
        var documents = documents(version);
        if (slash < 0) return text(String.join("\n", documents.keySet()));
        var name = path.substring(slash + 1);
        return Optional.ofNullable(documents.get(name))
                .map(bytes ->
                        new Document(name.endsWith(".json") ? "application/json" : "application/octet-stream", bytes));
    }

    /// @return the newest version's files by path
    Map<String, byte[]> files() {
        var files = new LinkedHashMap<String, byte[]>();
        for (var version : List.of(LATEST, VERSIONS.getLast()))
            documents(version).forEach((name, bytes) -> {
                // What a guest would have to write cannot be on a drive that is only read.
                if (!name.equals("password")) files.put(version + "/" + name, bytes);
            });
        for (var file : injected())
            files.put(file.contentPath().substring(1), Base64.getMimeDecoder().decode(file.base64()));
        return files;
    }

    /// @param contentPath below `/openstack`
    private record Injected(String contentPath, String path, String base64) {}

    private List<Injected> injected() {
        var all = new ArrayList<Injected>();
        if (ownDrive)
            subject.server()
                    .files()
                    .forEach((path, base64) ->
                            all.add(new Injected("/content/%04d".formatted(all.size()), path, base64)));
        return all;
    }

    private static boolean since(String version, String first) {
        return version.equals(LATEST) || version.compareTo(first) >= 0;
    }

    private Map<String, byte[]> documents(String version) {
        var documents = new LinkedHashMap<String, byte[]>();
        documents.put("meta_data.json", Json.bytes(metaData(version)));
        if (since(version, "2013-04-04")) documents.put("password", new byte[0]);
        subject.userData().ifPresent(d -> documents.put("user_data", d));
        if (since(version, "2013-10-17")) documents.put("vendor_data.json", Json.bytes(vendorData));
        if (since(version, "2015-10-15")) documents.put("network_data.json", Json.bytes(networkData()));
        if (since(version, "2016-10-06"))
            documents.put("vendor_data2.json", Json.bytes(vendorData.isEmpty() ? Json.object() : staticData()));
        return documents;
    }

    private ObjectNode staticData() {
        var data = Json.object();
        data.set("static", vendorData);
        return data;
    }

    private ObjectNode metaData(String version) {
        var server = subject.server();
        var data = Json.object().put("uuid", server.id());
        if (!server.metadata().isEmpty()) {
            var meta = data.putObject("meta");
            server.metadata().forEach(meta::put);
        }
        var name = server.keyName();
        if (name.isPresent() && server.publicKey().isPresent()) {
            var key = server.publicKey().get();
            data.putObject("public_keys").put(name.get(), key);
            data.putArray("keys")
                    .addObject()
                    .put("name", name.get())
                    .put("type", key.startsWith("-----BEGIN CERT") ? "x509" : "ssh")
                    .put("data", key);
        }
        data.put("hostname", subject.hostname())
                .put("name", server.name())
                .put("launch_index", server.launchIndex())
                .put("availability_zone", server.availabilityZone().orElse(""));
        if (since(version, "2013-04-04")) {
            var seed = new byte[SEED_BYTES];
            RANDOM.nextBytes(seed);
            data.put("random_seed", Base64.getEncoder().encodeToString(seed));
        }
        if (since(version, "2015-10-15")) data.put("project_id", server.projectId());
        for (var file : injected())
            data.withArray("files")
                    .addObject()
                    .put("content_path", file.contentPath())
                    .put("path", file.path());
        if (since(version, "2016-06-30")) devices(data.putArray("devices"), version);
        if (since(version, "2020-10-14")) data.putArray("dedicated_cpus");
        if (ownDrive) server.adminPassword().ifPresent(p -> data.put("admin_pass", p));
        return data;
    }

    /// The tagged ones: a guest finds its role by the tag. Where a device sits on the guest's bus is not told; its MAC
    /// or
    /// serial says which it is.
    private void devices(ArrayNode devices, String version) {
        for (var port : subject.ports())
            port.tag().ifPresent(tag -> {
                var nic =
                        devices.addObject().put("type", "nic").put("bus", "pci").put("mac", port.mac());
                if (since(version, "2018-08-27")) nic.put("vf_trusted", false);
                nic.putArray("tags").add(tag);
            });
        for (var volume : subject.volumes())
            volume.tag()
                    .ifPresent(tag -> devices.addObject()
                            .put("type", "disk")
                            .put("bus", "pci")
                            .put("serial", volume.volumeId())
                            .put("path", volume.device())
                            .putArray("tags")
                            .add(tag));
    }

    /// Addresses as they are, not `dhcp`: right with and without a DHCP server on the network.
    private ObjectNode networkData() {
        var data = Json.object();
        var links = data.putArray("links");
        var networks = data.putArray("networks");
        var all = data.putArray("services");
        var known = new ArrayList<String>();
        for (var port : subject.ports()) {
            var link = port.tap();
            links.addObject()
                    .put("id", link)
                    .put("vif_id", port.id())
                    .put("type", "bridge")
                    .put("mtu", port.mtu())
                    .put("ethernet_mac_address", port.mac());
            for (var address : port.addresses()) {
                var id = "network" + networks.size();
                var network = networks.addObject()
                        .put("id", id)
                        .put("type", "ipv" + address.version())
                        .put("link", link)
                        .put("ip_address", address.address())
                        .put("netmask", netmask(address))
                        .put("network_id", port.networkId());
                var routes = network.putArray("routes");
                var everything = address.version() == 4 ? "0.0.0.0" : "::";
                address.gateway()
                        .ifPresent(g -> routes.addObject()
                                .put("network", everything)
                                .put("netmask", everything)
                                .put("gateway", g));
                services(network.putArray("services"), port.dnsServers());
            }
            for (var dns : port.dnsServers()) if (!known.contains(dns)) known.add(dns);
        }
        services(all, known);
        return data;
    }

    private static void services(ArrayNode array, List<String> dnsServers) {
        for (var dns : dnsServers) array.addObject().put("type", "dns").put("address", dns);
    }

    private static String netmask(Address address) {
        int bits = Integer.parseInt(address.cidr().substring(address.cidr().indexOf('/') + 1));
        var text = new StringBuilder();
        boolean four = address.version() == 4;
        int group = four ? 8 : 16;
        for (int i = 0; i < (four ? 4 : 8); i++) {
            int set = Math.clamp(bits - i * group, 0, group);
            int value = (1 << group) - (1 << (group - set));
            if (i > 0) text.append(four ? '.' : ':');
            text.append(four ? Integer.toString(value) : Integer.toHexString(value));
        }
        return text.toString();
    }

    private static Optional<Document> text(String text) {
        return Optional.of(new Document("text/plain; charset=UTF-8", text.getBytes(StandardCharsets.UTF_8)));
    }
}
