package cloud.yun.blockstorage.qos;

import cloud.yun.blockstorage.query.Bodies;
import cloud.yun.blockstorage.query.ListQuery;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `/v3/qos-specs`.
public final class QosRoutes {
    private static final String ALL = "/v3/qos-specs";
    private static final String ONE = ALL + "/{id}";
    private static final String RULE = "volume_extension:qos_specs_manage:";
    private static final Map<String, String> SORTS =
            Map.of("id", "id", "name", "name", "consumer", "consumer", "created_at", "created_at");

    private final QosService qos;

    public QosRoutes(QosService qos) {
        this.qos = qos;
    }

    public List<Route> routes() {
        return List.of(
                Route.get(ALL, this::list).policy(RULE + "get_all"),
                Route.post(ALL, this::create).policy(RULE + "create").schema("schema/block-storage/qos-create.json"),
                Route.get(ONE, r -> answer(r, qos.get(r.variable("id")))).policy(RULE + "get"),
                Route.put(ONE, this::update).policy(RULE + "update").schema("schema/block-storage/qos-set.json"),
                Route.delete(ONE, this::delete).policy(RULE + "delete"),
                Route.put(ONE + "/delete_keys", this::deleteKeys)
                        .policy(RULE + "delete")
                        .schema("schema/block-storage/qos-unset.json"),
                Route.get(ONE + "/associations", this::associations).policy(RULE + "get_all"),
                Route.get(ONE + "/associate", r -> change(r, qos::associate)).policy(RULE + "update"),
                Route.get(ONE + "/disassociate", r -> change(r, qos::disassociate))
                        .policy(RULE + "update"),
                Route.get(ONE + "/disassociate_all", this::disassociateAll).policy(RULE + "update"));
    }

    private Reply list(Request r) {
        var query = ListQuery.of(r, SORTS);
        var found = qos.list(query);
        var body = Json.object();
        var list = body.putArray("qos_specs");
        found.forEach(q -> list.add(shown(q)));
        query.addNext(body, r, "qos_specs", found.stream().map(QosSpec::id).toList());
        return Reply.ok(body);
    }

    private Reply create(Request r) {
        var specs = texts(r.object("qos_specs"));
        var name = String.valueOf(specs.remove("name")).strip();
        return answer(r, qos.create(name, specs));
    }

    private Reply update(Request r) {
        qos.update(r.variable("id"), texts(r.object("qos_specs")));
        return Reply.ok(r.body());
    }

    private Reply delete(Request r) {
        qos.delete(r.variable("id"), ListQuery.flag(r, "force"));
        return Reply.accepted();
    }

    private Reply deleteKeys(Request r) {
        var keys = new ArrayList<String>();
        r.body().path("keys").forEach(k -> keys.add(k.asString("")));
        qos.deleteKeys(r.variable("id"), keys);
        return Reply.accepted();
    }

    private Reply associations(Request r) {
        var body = Json.object();
        var list = body.putArray("qos_associations");
        qos.associations(r.variable("id"))
                .forEach(t -> list.addObject()
                        .put("association_type", "volume_type")
                        .put("name", t.name())
                        .put("id", t.id()));
        return Reply.ok(body);
    }

    private static Reply change(Request r, BiConsumer<String, String> change) {
        var type = r.query("vol_type_id").filter(t -> !t.isEmpty());
        if (type.isEmpty()) throw new Invalid("Volume Type id must not be None.");
        change.accept(r.variable("id"), type.get());
        return Reply.accepted();
    }

    private Reply disassociateAll(Request r) {
        qos.disassociateAll(r.variable("id"));
        return Reply.accepted();
    }

    private static Reply answer(Request r, QosSpec q) {
        var body = Json.object();
        body.set("qos_specs", shown(q));
        ListQuery.addLinks(body, r, "qos-specs", q.id());
        return Reply.ok(body);
    }

    private static ObjectNode shown(QosSpec q) {
        var body = Json.object().put("id", q.id()).put("name", q.name()).put("consumer", q.consumer());
        body.set("specs", ListQuery.texts(q.specs()));
        return body;
    }

    private static Map<String, String> texts(JsonNode object) {
        return new LinkedHashMap<>(Bodies.texts(object));
    }
}
