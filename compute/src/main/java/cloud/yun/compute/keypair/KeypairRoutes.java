package cloud.yun.compute.keypair;

import cloud.yun.compute.Part;
import cloud.yun.compute.api.Links;
import cloud.yun.compute.api.Page;
import cloud.yun.compute.keypair.Keypairs.Keypair;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.json.Times;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// HTTP of keypairs.
public final class KeypairRoutes implements Part {
    /// Upstream's, but for our role monitor, which changes nothing.
    private static final String CHANGE_OWN =
            "((rule:context_is_admin) or user_id:%(user_id)s) and (role:member or not role:monitor)";

    /// What differs from upstream's rules of this resource.
    public static final Map<String, String> RULES =
            Map.of("os_compute_api:os-keypairs:create", CHANGE_OWN, "os_compute_api:os-keypairs:delete", CHANGE_OWN);

    private static final String KEYPAIRS = "/v2.1/os-keypairs";
    private static final String KEYPAIR = KEYPAIRS + "/{name}";

    private final KeypairService keypairs;

    public KeypairRoutes(KeypairService keypairs) {
        this.keypairs = keypairs;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.get(KEYPAIRS, this::list).policyOnObject("os_compute_api:os-keypairs:index"),
                Route.post(KEYPAIRS, this::create)
                        .policyOnObject("os_compute_api:os-keypairs:create")
                        .schema("schema/compute/keypair-create.json")
                        .schema("schema/compute/keypair-create-2.2.json", "2.2")
                        .schema("schema/compute/keypair-create-2.10.json", "2.10")
                        .schema("schema/compute/keypair-create-2.92.json", "2.92"),
                Route.get(KEYPAIR, this::show).policyOnObject("os_compute_api:os-keypairs:show"),
                Route.delete(KEYPAIR, this::delete).policyOnObject("os_compute_api:os-keypairs:delete"));
    }

    private Reply list(Request request) {
        var version = request.microversion();
        if (version.atLeast(75)) Page.only(request, Set.of("user_id", "limit", "marker"));
        boolean paged = version.atLeast(35);
        var page = paged ? Page.of(request) : new Page(Integer.MAX_VALUE, Optional.empty(), false);
        var found = keypairs.list(request.caller(), user(request), page.marker(), page.limit());
        var body = Json.object();
        var array = body.putArray("keypairs");
        for (var entry : found) array.addObject().set("keypair", brief(request, entry.keypair()));
        if (page.limited() && page.full(found.size()))
            body.set(
                    "keypairs_links",
                    Links.next(request, "os-keypairs", found.getLast().keypair().name()));
        return Reply.ok(body);
    }

    /// Admins may name another user, from microversion 2.10.
    private static String user(Request request) {
        var own = request.caller().userId();
        return request.microversion().atLeast(10) ? request.query("user_id").orElse(own) : own;
    }

    private Reply create(Request request) {
        var version = request.microversion();
        var body = request.object("keypair");
        var wanted = new KeypairService.Wanted(
                body.path("user_id").asString(request.caller().userId()),
                body.path("name").asString().strip(),
                body.path("type").asString("ssh"),
                Optional.ofNullable(body.get("public_key")).map(k -> k.asString()),
                version.atLeast(92));
        if (wanted.name().isEmpty())
            throw new Invalid("An invalid 'name' value was provided. The name must be: Keypair name must be string and"
                    + " between 1 and 255 characters long");
        var created = keypairs.create(request.caller(), wanted);
        var view = brief(request, created.keypair());
        created.privateKey().ifPresent(k -> view.put("private_key", k));
        view.put("user_id", created.keypair().userId());
        return Reply.json(version.atLeast(2) ? 201 : 200, wrapped(view));
    }

    private Reply show(Request request) {
        var entry = keypairs.show(request.caller(), user(request), request.variable("name"));
        var view = brief(request, entry.keypair())
                .put("user_id", entry.keypair().userId())
                .put("created_at", Times.microsWithoutZone(entry.createdAt()))
                .put("deleted", false)
                .putNull("deleted_at")
                .put("id", entry.number())
                .putNull("updated_at");
        return Reply.ok(wrapped(view));
    }

    private Reply delete(Request request) {
        keypairs.delete(request.caller(), user(request), request.variable("name"));
        return Reply.empty(request.microversion().atLeast(2) ? 204 : 202);
    }

    private static ObjectNode brief(Request request, Keypair keypair) {
        var view = Json.object();
        if (request.microversion().atLeast(2)) view.put("type", keypair.type());
        return view.put("name", keypair.name())
                .put("public_key", keypair.publicKey())
                .put("fingerprint", keypair.fingerprint());
    }

    private static ObjectNode wrapped(ObjectNode view) {
        var body = Json.object();
        body.set("keypair", view);
        return body;
    }
}
