package cloud.yun.compute.serverapi;

import cloud.yun.compute.ComputePolicy;
import cloud.yun.compute.Part;
import cloud.yun.compute.lifecycle.RebuildServer;
import cloud.yun.compute.server.ServerStore;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.util.List;

/// HTTP of `rebuild`.
final class RebuildRoutes implements Part {
    private static final String RULE = "servers:rebuild";
    private static final int KEY_NAME_SINCE = 54;
    private static final int USER_DATA_SINCE = 57;
    private static final int EXTENDED_SINCE = 75;

    private final ServerAccess access;
    private final ServerService servers;
    private final ServerReader reader;
    private final Rebuilds rebuilds;
    private final RebuildServer rebuild;

    RebuildRoutes(
            ServerAccess access, ServerService servers, ServerReader reader, Rebuilds rebuilds, RebuildServer rebuild) {
        this.access = access;
        this.servers = servers;
        this.reader = reader;
        this.rebuilds = rebuilds;
        this.rebuild = rebuild;
    }

    @Override
    public List<Route> routes() {
        return List.of(Route.action("/v2.1/servers/{server_id}/action", "rebuild", this::rebuild)
                .policyOnObject(ComputePolicy.PREFIX + RULE)
                .schema("schema/compute/server-rebuild.json")
                .schema("schema/compute/server-rebuild-2.19.json", "2.19")
                .schema("schema/compute/server-rebuild-2.54.json", "2.54")
                .schema("schema/compute/server-rebuild-2.57.json", "2.57")
                .schema("schema/compute/server-rebuild-2.63.json", "2.63")
                .schema("schema/compute/server-rebuild-2.90.json", "2.90")
                .schema("schema/compute/server-rebuild-2.94.json", "2.94"));
    }

    private Reply rebuild(Request request) {
        var id = request.variable("server_id");
        var caller = request.caller();
        var version = request.microversion();
        var body = request.object("rebuild");
        if (body.hasNonNull("trusted_image_certificates"))
            access.policy().require(caller, ComputePolicy.PREFIX + RULE + ":trusted_certs");
        var password = servers.password(CreateRequest.text(body, "adminPass"));
        return access.change(caller, id, RULE, (tx, seen) -> {
            RebuildServer.requireReady(seen);
            var draft = rebuilds.of(tx, caller, seen, body, password, version);
            rebuild.begin(
                    tx,
                    caller,
                    seen,
                    draft.revision(),
                    draft.reimage(),
                    CreateRequest.bool(body.path("preserve_ephemeral")));
            var server = new ServerStore(tx).require(id);
            var view = new ServerView(request, access.policy(), reader.hosts(tx, request));
            var answer = Json.object();
            var shown = view.full(server, reader.around(tx, server, version), version.atLeast(EXTENDED_SINCE));
            if (servers.passwordsShown()) shown.put("adminPass", password);
            if (version.atLeast(KEY_NAME_SINCE))
                shown.put("key_name", server.keyName().orElse(null));
            // Here it is in a field of its own.
            shown.remove("OS-EXT-SRV-ATTR:user_data");
            if (version.atLeast(USER_DATA_SINCE))
                shown.put("user_data", server.wanted().userData().orElse(null));
            answer.set("server", shown);
            return Reply.accepted(answer).header("Location", view.location(id));
        });
    }
}
