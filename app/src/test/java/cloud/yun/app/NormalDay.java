package cloud.yun.app;

import cloud.yun.kernel.json.Json;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;

/// What a user does on a normal day, in order: server, volume, attach, floating IP, router, and all of it deleted
/// again.
final class NormalDay {
    private static final Duration SOON = Duration.ofSeconds(30);

    private final ApiClient demo;

    NormalDay(ApiClient demo) {
        this.demo = demo;
    }

    /// @throws RuntimeException an answer that is an error, or a cloud that died meanwhile
    void live() {
        var server = createServer();
        until(
                "/compute/v2.1/servers/" + server,
                s -> s.at("/server/status").asString().equals("ACTIVE"));
        var volume = createVolume();
        until(
                "/volume/v3/volumes/" + volume,
                v -> v.at("/volume/status").asString().equals("available"));
        var attach = Json.object();
        attach.putObject("volumeAttachment").put("volumeId", volume);
        demo.post("/compute/v2.1/servers/" + server + "/os-volume_attachments", attach);
        until(
                "/volume/v3/volumes/" + volume,
                v -> v.at("/volume/status").asString().equals("in-use"));
        floatingIp(server);
        router();
        demo.delete("/compute/v2.1/servers/" + server + "/os-volume_attachments/" + volume);
        until(
                "/volume/v3/volumes/" + volume,
                v -> v.at("/volume/status").asString().equals("available"));
        cleanUp();
    }

    String createServer() {
        var body = Json.object();
        var server = body.putObject("server")
                .put("name", "day")
                .put(
                        "imageRef",
                        demo.get("/image/v2/images?name=yunos")
                                .at("/images/0/id")
                                .asString())
                .put("flavorRef", flavor());
        server.putArray("networks").addObject().put("uuid", network("private"));
        return demo.post("/compute/v2.1/servers", body).at("/server/id").asString();
    }

    private String flavor() {
        return demo.get("/compute/v2.1/flavors")
                .get("flavors")
                .valueStream()
                .filter(f -> f.get("name").asString().equals("m1.nano"))
                .map(f -> f.get("id").asString())
                .findFirst()
                .orElseThrow();
    }

    private String network(String name) {
        return demo.get("/networking/v2.0/networks?name=" + name)
                .at("/networks/0/id")
                .asString();
    }

    String createVolume() {
        var body = Json.object();
        body.putObject("volume").put("size", 1).put("name", "day");
        return demo.post("/volume/v3/volumes", body).at("/volume/id").asString();
    }

    private void floatingIp(String server) {
        var port = demo.get("/networking/v2.0/ports?device_id=" + server)
                .at("/ports/0/id")
                .asString();
        var body = Json.object();
        body.putObject("floatingip")
                .put("floating_network_id", network("public"))
                .put("port_id", port);
        var id = demo.post("/networking/v2.0/floatingips", body)
                .at("/floatingip/id")
                .asString();
        until(
                "/networking/v2.0/floatingips/" + id,
                f -> f.at("/floatingip/status").asString().equals("ACTIVE"));
        demo.delete("/networking/v2.0/floatingips/" + id);
    }

    private void router() {
        var network = Json.object();
        network.putObject("network").put("name", "day");
        var net = demo.post("/networking/v2.0/networks", network)
                .at("/network/id")
                .asString();
        var body = Json.object();
        body.putObject("subnet").put("network_id", net).put("ip_version", 4).put("cidr", "10.77.0.0/24");
        var subnet =
                demo.post("/networking/v2.0/subnets", body).at("/subnet/id").asString();
        var wanted = Json.object();
        wanted.putObject("router")
                .put("name", "day")
                .putObject("external_gateway_info")
                .put("network_id", network("public"));
        var router =
                demo.post("/networking/v2.0/routers", wanted).at("/router/id").asString();
        demo.put(
                "/networking/v2.0/routers/" + router + "/add_router_interface",
                Json.object().put("subnet_id", subnet));
        demo.put(
                "/networking/v2.0/routers/" + router + "/remove_router_interface",
                Json.object().put("subnet_id", subnet));
        demo.delete("/networking/v2.0/routers/" + router);
        demo.delete("/networking/v2.0/networks/" + net);
    }

    /// Deletes whatever of the day is there, in whatever state, and waits until it is gone.
    void cleanUp() {
        for (var f : demo.get("/networking/v2.0/floatingips").get("floatingips"))
            demo.delete("/networking/v2.0/floatingips/" + f.get("id").asString());
        for (var s : demo.get("/compute/v2.1/servers").get("servers"))
            demo.delete("/compute/v2.1/servers/" + s.get("id").asString());
        until("/compute/v2.1/servers", s -> s.get("servers").isEmpty());
        until(
                "/volume/v3/volumes/detail",
                v -> v.get("volumes")
                        .valueStream()
                        .allMatch(x -> List.of("available", "error")
                                .contains(x.get("status").asString())));
        for (var v : demo.get("/volume/v3/volumes").get("volumes"))
            demo.delete("/volume/v3/volumes/" + v.get("id").asString());
        until("/volume/v3/volumes", v -> v.get("volumes").isEmpty());
        for (var r : demo.get("/networking/v2.0/routers?name=day").get("routers")) {
            var id = r.get("id").asString();
            for (var p : demo.get("/networking/v2.0/ports?device_owner=network:router_interface&device_id=" + id)
                    .get("ports"))
                demo.put(
                        "/networking/v2.0/routers/" + id + "/remove_router_interface",
                        Json.object().put("port_id", p.get("id").asString()));
            demo.delete("/networking/v2.0/routers/" + id);
        }
        for (var n : demo.get("/networking/v2.0/networks?name=day").get("networks"))
            demo.delete("/networking/v2.0/networks/" + n.get("id").asString());
    }

    void until(String path, Predicate<JsonNode> condition) {
        Awaitility.await(path).atMost(SOON).pollInterval(Duration.ofMillis(50)).until(() -> {
            var answer = demo.get(path);
            var status = answer.at("/server/status").asString("")
                    + answer.at("/volume/status").asString("");
            if (status.toLowerCase(java.util.Locale.ROOT).contains("error"))
                throw new IllegalStateException(path + " is in error: " + answer);
            return condition.test(answer);
        });
    }
}
