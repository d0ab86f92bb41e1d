package cloud.yun.blockstorage.type;

import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.json.Times;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// `/v3/types/ID/encryption`.
public final class EncryptionRoutes {
    private static final String ALL = "/v3/types/{id}/encryption";
    private static final String ONE = ALL + "/{key}";
    private static final String RULE = "volume_extension:volume_type_encryption:";

    private final EncryptionService encryptions;

    public EncryptionRoutes(EncryptionService encryptions) {
        this.encryptions = encryptions;
    }

    public List<Route> routes() {
        return List.of(
                Route.get(ALL, this::index).policy(RULE + "get"),
                Route.post(ALL, this::create)
                        .policy(RULE + "create")
                        .schema("schema/block-storage/encryption-create.json"),
                Route.get(ONE, this::item).policy(RULE + "get"),
                Route.put(ONE, this::update)
                        .policy(RULE + "update")
                        .schema("schema/block-storage/encryption-update.json"),
                Route.delete(ONE, this::delete).policy(RULE + "delete"));
    }

    private Reply index(Request r) {
        return Reply.ok(
                encryptions.find(r.variable("id")).map(EncryptionRoutes::shown).orElseGet(Json::object));
    }

    private Reply create(Request r) {
        var e = encryptions.create(r.variable("id"), r.object("encryption"));
        var body = Json.object();
        body.putObject("encryption")
                .put("volume_type_id", e.typeId())
                .put("encryption_id", e.encryptionId())
                .put("provider", e.provider())
                .put("control_location", e.controlLocation())
                .put("cipher", e.cipher().orElse(null))
                .put("key_size", e.keySize().orElse(null));
        return Reply.ok(body);
    }

    private Reply item(Request r) {
        var type = r.variable("id");
        var key = r.variable("key");
        var all = encryptions.find(type).map(EncryptionRoutes::shown).orElseGet(Json::object);
        var value = all.get(key);
        if (value == null) throw EncryptionService.missing(type);
        return Reply.ok(Json.object().set(key, value));
    }

    private Reply update(Request r) {
        encryptions.update(r.variable("id"), r.object("encryption"));
        return Reply.ok(r.body());
    }

    private Reply delete(Request r) {
        encryptions.delete(r.variable("id"));
        return Reply.accepted();
    }

    private static ObjectNode shown(Encryption e) {
        return Json.object()
                .put("volume_type_id", e.typeId())
                .put("encryption_id", e.encryptionId())
                .put("provider", e.provider())
                .put("control_location", e.controlLocation())
                .put("cipher", e.cipher().orElse(null))
                .put("key_size", e.keySize().orElse(null))
                .put("created_at", Times.microsWithoutZone(e.createdAt()))
                .put("updated_at", e.updatedAt().map(Times::microsWithoutZone).orElse(null))
                .putNull("deleted_at")
                .put("deleted", false);
    }
}
