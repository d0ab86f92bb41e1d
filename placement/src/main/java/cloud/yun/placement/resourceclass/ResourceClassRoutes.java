package cloud.yun.placement.resourceclass;

import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.placement.web.Answers;
import java.time.Clock;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// Resource classes over HTTP.
///
/// @see <a href="https://docs.openstack.org/api-ref/placement/#resource-classes">Resource classes</a>
public final class ResourceClassRoutes {
    private static final String ONE = "/resource_classes/{name}";

    private final Database db;
    private final Clock clock;
    private final Answers answers;

    public ResourceClassRoutes(Database db, Clock clock, Answers answers) {
        this.db = db;
        this.clock = clock;
        this.answers = answers;
    }

    public List<Route> routes() {
        return List.of(
                Route.get("/resource_classes", this::list)
                        .policy("placement:resource_classes:list")
                        .since("1.2"),
                Route.post("/resource_classes", this::create)
                        .policy("placement:resource_classes:create")
                        .schema("schema/placement/resource-class.json")
                        .since("1.2"),
                Route.get(ONE, this::show)
                        .policy("placement:resource_classes:show")
                        .since("1.2"),
                Route.put(ONE, this::rename)
                        .policy("placement:resource_classes:update")
                        .schema("schema/placement/resource-class.json")
                        .since("1.2")
                        .until("1.6"),
                Route.put(ONE, this::ensure)
                        .policy("placement:resource_classes:update")
                        .since("1.7"),
                Route.delete(ONE, this::delete)
                        .policy("placement:resource_classes:delete")
                        .since("1.2"));
    }

    private static ObjectNode view(Request request, String name) {
        var out = Json.object().put("name", name);
        out.putArray("links")
                .addObject()
                .put("rel", "self")
                .put("href", Answers.prefix(request) + "/resource_classes/" + name);
        return out;
    }

    private static NotFound notFound(String name) {
        return new NotFound("No such resource class " + name + ".");
    }

    private Reply list(Request request) {
        var out = Json.object();
        var array = out.putArray("resource_classes");
        for (var name : db.read(tx -> new ResourceClassStore(tx).all())) array.add(view(request, name));
        return answers.fresh(request, Reply.ok(out));
    }

    private Reply create(Request request) {
        var name = request.body().path("name").stringValue();
        if (!db.transaction(tx -> new ResourceClassStore(tx).insert(name, clock.instant())))
            throw new Conflict("Conflicting resource class already exists: " + name);
        return created(request, 201, name);
    }

    private static Reply created(Request request, int status, String name) {
        return Reply.empty(status).header("Location", request.url() + "/resource_classes/" + name);
    }

    private Reply show(Request request) {
        var name = request.variable("name");
        if (!db.read(tx -> new ResourceClassStore(tx).exists(name))) throw notFound(name);
        return answers.fresh(request, Reply.ok(view(request, name)));
    }

    /// Until 1.6 a PUT gave the class another name.
    private Reply rename(Request request) {
        var name = request.variable("name");
        var wanted = request.body().path("name").stringValue();
        db.write(tx -> {
            var store = new ResourceClassStore(tx);
            if (!store.exists(name)) throw notFound(name);
            if (!name.startsWith("CUSTOM_")) throw new Invalid("Cannot update standard resource class " + name + ".");
            if (!wanted.equals(name) && store.exists(wanted))
                throw new Conflict("Resource class already exists: " + wanted);
            if (store.used(name)) throw new Conflict("Resource class " + name + " is in use in inventory.");
            store.rename(name, wanted);
        });
        return Reply.ok(view(request, wanted));
    }

    private Reply ensure(Request request) {
        var name = request.variable("name");
        if (!name.matches("CUSTOM_[A-Z0-9_]{1,248}"))
            throw new Invalid("JSON does not validate: '" + name + "' does not match '^CUSTOM_[A-Z0-9_]+$'");
        boolean isNew = db.transaction(tx -> new ResourceClassStore(tx).insert(name, clock.instant()));
        return created(request, isNew ? 201 : 204, name);
    }

    private Reply delete(Request request) {
        var name = request.variable("name");
        db.write(tx -> {
            var store = new ResourceClassStore(tx);
            if (!store.exists(name)) throw notFound(name);
            if (!name.startsWith("CUSTOM_"))
                throw new Invalid(
                        "Error in delete resource class: Cannot delete standard resource class " + name + ".");
            if (store.used(name))
                throw new Conflict("Error in delete resource class: Cannot delete resource class " + name
                        + ". Class is in use in inventory.");
            store.delete(name);
        });
        return Reply.noContent();
    }
}
