package cloud.yun.blockstorage.transfer;

import cloud.yun.blockstorage.query.Bodies;
import cloud.yun.blockstorage.query.ListQuery;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.json.Times;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/// `/v3/os-volume-transfer`, and `/v3/volume-transfers` since 3.55, which also knows of snapshots.
public final class TransferRoutes {
    private static final String OLD = "/v3/os-volume-transfer";
    private static final String NEW = "/v3/volume-transfers";
    private static final Map<String, String> SORTS = Map.of(
            "id",
            "id",
            "name",
            "COALESCE(name, '')",
            "display_name",
            "COALESCE(name, '')",
            "created_at",
            "created_at",
            "volume_id",
            "volume_id");

    private final TransferService transfers;

    public TransferRoutes(TransferService transfers) {
        this.transfers = transfers;
    }

    public List<Route> routes() {
        var all = new ArrayList<Route>();
        routes(OLD).forEach(all::add);
        all.add(Route.post(OLD, r -> create(r, false))
                .policyOnObject("volume:create_transfer")
                .schema("schema/block-storage/transfer-create.json"));
        routes(NEW).forEach(r -> all.add(r.since("3.55")));
        all.add(Route.post(NEW, r -> create(r, true))
                .policyOnObject("volume:create_transfer")
                .since("3.55")
                .schema("schema/block-storage/transfer-create-3.55.json"));
        return all;
    }

    private List<Route> routes(String path) {
        return List.of(
                Route.get(path, r -> list(r, false, path.equals(NEW))).policy("volume:get_all_transfers"),
                Route.get(path + "/detail", r -> list(r, true, path.equals(NEW)))
                        .policy("volume:get_all_transfers"),
                Route.get(path + "/{id}", this::show).policyOnObject("volume:get_transfer"),
                Route.delete(path + "/{id}", this::delete).policyOnObject("volume:delete_transfer"),
                Route.post(path + "/{id}/accept", this::accept)
                        .policy("volume:accept_transfer")
                        .schema("schema/block-storage/transfer-accept.json"));
    }

    private Reply list(Request r, boolean detailed, boolean pages) {
        var query = ListQuery.of(r, SORTS);
        // Before 3.59 oldest first, and no other order.
        if (!pages || !r.microversion().atLeast("3.59")) query = query.oldestFirst();
        var all = r.caller().admin() && ListQuery.flag(r, "all_tenants");
        var found = transfers.list(r.caller(), query, all);
        var body = Json.object();
        var list = body.putArray("transfers");
        found.forEach(t -> list.add(detailed ? detail(r, t) : summary(r, t)));
        query.addNext(body, r, "transfers", found.stream().map(Transfer::id).toList());
        return Reply.ok(body);
    }

    private Reply create(Request r, boolean choosesSnapshots) {
        var body = r.object("transfer");
        var offer = transfers.create(
                r.caller(),
                Bodies.uuid(body, "volume_id").orElse(""),
                Bodies.label(body, "name", "name"),
                choosesSnapshots && Bodies.truth(body.path("no_snapshots")));
        var t = offer.transfer();
        var shown = Json.object()
                .put("id", t.id())
                .put("created_at", Times.microsWithoutZone(t.createdAt()))
                .put("name", t.name().orElse(null))
                .put("volume_id", t.volumeId())
                .put("auth_key", offer.authKey());
        ListQuery.addLinks(shown, r, "os-volume-transfer", t.id());
        addLater(r, shown, t);
        return answer(202, shown);
    }

    private Reply show(Request r) {
        return answer(200, detail(r, transfers.get(r.caller(), r.variable("id"))));
    }

    private Reply delete(Request r) {
        transfers.delete(r.caller(), r.variable("id"));
        return Reply.accepted();
    }

    private Reply accept(Request r) {
        var key = r.object("accept").path("auth_key").asString("");
        return answer(202, summary(r, transfers.accept(r.caller(), r.variable("id"), key)));
    }

    private static Reply answer(int status, ObjectNode transfer) {
        return Reply.json(status, Json.object().set("transfer", transfer));
    }

    private static ObjectNode summary(Request r, Transfer t) {
        var body = Json.object()
                .put("id", t.id())
                .put("volume_id", t.volumeId())
                .put("name", t.name().orElse(null));
        ListQuery.addLinks(body, r, "os-volume-transfer", t.id());
        return body;
    }

    private static ObjectNode detail(Request r, Transfer t) {
        var body = Json.object()
                .put("id", t.id())
                .put("created_at", Times.microsWithoutZone(t.createdAt()))
                .put("name", t.name().orElse(null))
                .put("volume_id", t.volumeId());
        ListQuery.addLinks(body, r, "os-volume-transfer", t.id());
        addLater(r, body, t);
        return body;
    }

    /// An offer that somebody took is gone: whoever sees one sees that nobody has taken it.
    private static void addLater(Request r, ObjectNode body, Transfer t) {
        if (r.microversion().atLeast("3.55")) body.put("no_snapshots", t.noSnapshots());
        if (r.microversion().atLeast("3.57"))
            body.putNull("destination_project_id")
                    .put("source_project_id", t.sourceProjectId())
                    .put("accepted", false);
    }
}
