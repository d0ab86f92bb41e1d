package cloud.yun.blockstorage.volume;

import cloud.yun.blockstorage.query.Bodies;
import cloud.yun.blockstorage.query.ListQuery;
import cloud.yun.blockstorage.volume.VolumeStore.Scope;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.policy.Policy;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `/v3/volumes` and `/v3/volumes/ID/metadata`.
public final class VolumeRoutes {
    private static final String METADATA = "/v3/volumes/{id}/metadata";

    private final VolumeService volumes;
    private final VolumeView view;

    public VolumeRoutes(VolumeService volumes, Policy policy) {
        this.volumes = volumes;
        this.view = new VolumeView(policy);
    }

    public List<Route> routes() {
        return List.of(
                Route.get("/v3/volumes", r -> list(r, false)).policy("volume:get_all"),
                Route.get("/v3/volumes/detail", r -> list(r, true)).policy("volume:get_all"),
                Route.get("/v3/volumes/summary", this::summary)
                        .policy("volume:get_all")
                        .since("3.12"),
                Route.post("/v3/volumes", this::create)
                        .policy("volume:create")
                        .schema("schema/block-storage/volume-create.json")
                        .schema("schema/block-storage/volume-create-3.53.json", "3.53"),
                Route.get("/v3/volumes/{id}", this::show).policyOnObject("volume:get"),
                Route.put("/v3/volumes/{id}", this::update)
                        .policyOnObject("volume:update")
                        .schema("schema/block-storage/volume-update.json")
                        .schema("schema/block-storage/volume-update-3.53.json", "3.53"),
                Route.delete("/v3/volumes/{id}", this::delete).policyOnObject("volume:delete"),
                Route.get("/v3/volumes/{id}/encryption", this::encryption)
                        .policyOnObject("volume_extension:volume_encryption_metadata"),
                Route.get("/v3/volumes/{id}/encryption/{key}", this::encryption)
                        .policyOnObject("volume_extension:volume_encryption_metadata"),
                Route.get(METADATA, this::metadata).policyOnObject("volume:get_volume_metadata"),
                Route.post(METADATA, r -> putMetadata(r, false))
                        .policyOnObject("volume:create_volume_metadata")
                        .schema("schema/block-storage/metadata.json"),
                Route.put(METADATA, r -> putMetadata(r, true))
                        .policyOnObject("volume:update_volume_metadata")
                        .schema("schema/block-storage/metadata.json"),
                Route.get(METADATA + "/{key}", this::metadataItem).policyOnObject("volume:get_volume_metadata"),
                Route.put(METADATA + "/{key}", this::putMetadataItem)
                        .policyOnObject("volume:update_volume_metadata")
                        .schema("schema/block-storage/metadata-item.json"),
                Route.delete(METADATA + "/{key}", this::deleteMetadataItem)
                        .policyOnObject("volume:delete_volume_metadata"));
    }

    private Reply list(Request r, boolean detailed) {
        var query = VolumeQuery.of(r);
        var page = volumes.list(query);
        var body = Json.object();
        var list = body.putArray("volumes");
        var shown = query.query().cut(page.volumes());
        shown.forEach(d -> list.add(detailed ? view.full(r, d) : view.summary(r, d)));
        query.query()
                .addNext(
                        body,
                        r,
                        "volumes",
                        shown.stream().map(d -> d.volume().id()).toList());
        page.count().ifPresent(n -> body.put("count", n));
        return Reply.ok(body);
    }

    private Reply create(Request r) {
        var body = r.object("volume");
        if (body.has("multiattach") && Bodies.truth(body.path("multiattach")))
            throw new Invalid("multiattach parameter has been removed. The default behavior is to use multiattach"
                    + " enabled volume types. Contact your administrator to create a multiattach enabled volume type"
                    + " and use it to create multiattach volumes.");
        if (Bodies.text(body, "consistencygroup_id").isPresent())
            throw new Invalid("Invalid input received: this cloud has no consistency groups, but generic groups.");
        var wanted = new VolumeRequest(
                volumes.newId(),
                Bodies.label(body, "name", "name").or(() -> Bodies.label(body, "display_name", "display_name")),
                Bodies.label(body, "description", "description")
                        .or(() -> Bodies.label(body, "display_description", "display_description")),
                Bodies.size(body, "size"),
                Bodies.text(body, "imageRef")
                        .or(() -> Bodies.text(body, "image_id"))
                        .filter(i -> !i.isEmpty())
                        .map(i -> i.substring(i.lastIndexOf('/') + 1)),
                Bodies.uuid(body, "snapshot_id"),
                Bodies.uuid(body, "source_volid"),
                Bodies.text(body, "volume_type"),
                Bodies.text(body, "availability_zone"),
                Bodies.texts(Bodies.objectOrEmpty(body, "metadata")),
                Bodies.uuid(body, "backup_id").filter(_ -> r.microversion().atLeast("3.47")),
                Bodies.uuid(body, "group_id").filter(_ -> r.microversion().atLeast("3.13")));
        var answer = Json.object();
        answer.set("volume", view.plain(r, volumes.create(r.caller(), wanted)));
        return Reply.accepted(answer);
    }

    private Reply show(Request r) {
        return shown(r, 200, r.variable("id"));
    }

    /// The whole of a volume, also for those who made it another way.
    public Reply shown(Request r, int status, String id) {
        var body = Json.object();
        body.set("volume", view.full(r, volumes.get(r.caller(), id)));
        return Reply.json(status, body);
    }

    private Reply update(Request r) {
        var body = r.object("volume");
        Bodies.label(body, "name", "name");
        Bodies.label(body, "description", "description");
        Optional<Map<String, String>> metadata =
                body.has("metadata") ? Optional.of(Bodies.texts(body.path("metadata"))) : Optional.empty();
        var changed = volumes.update(
                r.caller(),
                r.variable("id"),
                Bodies.change(body, "name", "display_name"),
                Bodies.change(body, "description", "display_description"),
                metadata);
        var answer = Json.object();
        answer.set("volume", view.plain(r, changed));
        return Reply.ok(answer);
    }

    private Reply delete(Request r) {
        boolean force = r.microversion().atLeast("3.23") && ListQuery.flag(r, "force");
        volumes.delete(r.caller(), r.variable("id"), force, ListQuery.flag(r, "cascade"));
        return Reply.accepted();
    }

    private Reply summary(Request r) {
        boolean all = r.caller().admin() && ListQuery.flag(r, "all_tenants");
        var total = volumes.summary(r.caller().project().map(p -> p.id()).filter(_ -> !all));
        var body = Json.object();
        var summary = body.putObject("volume-summary")
                .put("total_size", total.summary().sizeGib())
                .put("total_count", total.summary().count());
        if (r.microversion().atLeast("3.36")) {
            var metadata = summary.putObject("metadata");
            total.metadata().forEach((key, values) -> values.forEach(metadata.withArray(key)::add));
        }
        return Reply.ok(body);
    }

    private Reply encryption(Request r) {
        volumes.checkEncryption(r.caller(), r.variable("id"));
        var key = r.variables().get("key");
        if (key == null) return Reply.ok(Json.object().putNull("encryption_key_id"));
        if (key.equals("encryption_key_id")) return Reply.empty(200);
        throw new cloud.yun.kernel.error.CloudException.NotFound("The resource could not be found.");
    }

    private Reply metadata(Request r) {
        var found = volumes.metadata(r.caller(), r.variable("id"), Scope.USER, "volume:get_volume_metadata");
        return Reply.ok(Json.object().set("metadata", ListQuery.texts(found)));
    }

    private Reply putMetadata(Request r, boolean replace) {
        var wanted = Bodies.texts(r.object("metadata"));
        var rule = replace ? "volume:update_volume_metadata" : "volume:create_volume_metadata";
        var found = volumes.putMetadata(r.caller(), r.variable("id"), Scope.USER, wanted, replace, rule);
        return Reply.ok(Json.object().set("metadata", ListQuery.texts(found)));
    }

    private Reply metadataItem(Request r) {
        var key = r.variable("key");
        var found = volumes.metadata(r.caller(), r.variable("id"), Scope.USER, "volume:get_volume_metadata");
        if (!found.containsKey(key))
            throw new cloud.yun.kernel.error.CloudException.NotFound(
                    "Volume " + r.variable("id") + " has no metadata with key " + key + ".");
        return item(key, found.get(key));
    }

    private Reply putMetadataItem(Request r) {
        var key = r.variable("key");
        var meta = Bodies.texts(r.object("meta"));
        if (meta.size() != 1 || !meta.containsKey(key)) throw new Invalid("Request body and URI mismatch");
        volumes.putMetadata(r.caller(), r.variable("id"), Scope.USER, meta, false, "volume:update_volume_metadata");
        return item(key, meta.get(key));
    }

    private Reply deleteMetadataItem(Request r) {
        volumes.deleteMetadata(
                r.caller(), r.variable("id"), Scope.USER, r.variable("key"), "volume:delete_volume_metadata");
        return Reply.empty(200);
    }

    private static Reply item(String key, @org.jspecify.annotations.Nullable String value) {
        var body = Json.object();
        body.putObject("meta").put(key, value);
        return Reply.ok(body);
    }
}
