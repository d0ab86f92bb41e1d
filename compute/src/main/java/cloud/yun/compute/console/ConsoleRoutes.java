package cloud.yun.compute.console;

import cloud.yun.compute.Part;
import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.config.Option;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// HTTP of consoles.
public final class ConsoleRoutes implements Part {
    private static final String TOKENS = "os_compute_api:os-console-auth-tokens";

    private static final Option<String> BASE_URL = Option.text(
            "vnc",
            "novncproxy_base_url",
            "",
            "Address of the console's page for browsers. Empty: /console/vnc where the API was asked.");

    /// Actions of the time before microversion 2.6, and the name of their body's type.
    private static final List<String> ACTIONS =
            List.of("os-getVNCConsole", "os-getSPICEConsole", "os-getRDPConsole", "os-getSerialConsole");

    private final ConsoleService consoles;
    private final String baseUrl;

    public ConsoleRoutes(ConsoleService consoles, Config config) {
        this.consoles = consoles;
        this.baseUrl = config.get(BASE_URL);
    }

    public static List<Option<?>> options() {
        var all = new ArrayList<Option<?>>(ConsoleService.options());
        all.add(BASE_URL);
        return all;
    }

    @Override
    public List<Route> routes() {
        var routes = new ArrayList<>(List.of(
                Route.post("/v2.1/servers/{server_id}/remote-consoles", this::create)
                        .since("2.6")
                        .policyOnObject(ConsoleService.RULE)
                        .schema("schema/compute/remote-console.json")
                        .schema("schema/compute/remote-console-2.8.json", "2.8"),
                Route.get("/v2.1/os-console-auth-tokens/{token}", this::show)
                        .since("2.31")
                        .policy(TOKENS)));
        for (var action : ACTIONS)
            routes.add(Route.action("/v2.1/servers/{server_id}/action", action, r -> old(r, action))
                    .until("2.5")
                    .policyOnObject(ConsoleService.RULE)
                    .schema("schema/compute/" + action + ".json"));
        return routes;
    }

    private Reply create(Request request) {
        var wanted = request.object("remote_console");
        var type = wanted.path("type").asString();
        var body = Json.object();
        body.putObject("remote_console")
                .put("protocol", wanted.path("protocol").asString())
                .put("type", type)
                .put("url", address(request, type));
        return Reply.ok(body);
    }

    private Reply old(Request request, String action) {
        var type = request.object(action).path("type").asString();
        var body = Json.object();
        body.putObject("console").put("type", type).put("url", address(request, type));
        return Reply.ok(body);
    }

    private String address(Request request, String type) {
        var token = consoles.create(request.caller(), request.variable("server_id"), type);
        // noVNC's way to name the WebSocket, which other clients of it know too.
        return base(request) + "?path="
                + URLEncoder.encode(ConsoleProxy.SOCKET.substring(1) + "?token=" + token, StandardCharsets.UTF_8);
    }

    /// The gateway serves the page beside the API, also on the API's classic port.
    private String base(Request request) {
        if (!baseUrl.isEmpty()) return baseUrl;
        var url = request.url();
        return (url.endsWith("/compute") ? url.substring(0, url.length() - "/compute".length()) : url) + "/console/vnc";
    }

    private Reply show(Request request) {
        var screen = consoles.open(request.variable("token"));
        var body = Json.object();
        body.putObject("console")
                .put("instance_uuid", screen.serverId())
                .put("host", screen.address())
                .put("port", screen.port())
                .putNull("internal_access_path");
        return Reply.ok(body);
    }
}
