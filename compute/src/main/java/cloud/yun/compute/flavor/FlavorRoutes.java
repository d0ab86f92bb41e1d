package cloud.yun.compute.flavor;

import cloud.yun.compute.Part;
import cloud.yun.compute.api.Links;
import cloud.yun.compute.api.Page;
import cloud.yun.compute.flavor.FlavorStore.Entry;
import cloud.yun.compute.flavor.FlavorStore.Order;
import cloud.yun.compute.flavor.Flavors.Flavor;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.policy.Policy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// HTTP of flavors.
public final class FlavorRoutes implements Part {
    private static final String FLAVORS = "/v2.1/flavors";
    private static final String FLAVOR = FLAVORS + "/{flavor_id}";
    private static final Set<String> QUERY =
            Set.of("limit", "marker", "is_public", "minRam", "minDisk", "sort_key", "sort_dir");

    private final FlavorService flavors;
    private final Policy policy;
    private final Supplier<UUID> ids;
    private final ExtraSpecRoutes extraSpecs;

    public FlavorRoutes(FlavorService flavors, Policy policy, Supplier<UUID> ids) {
        this.flavors = flavors;
        this.policy = policy;
        this.ids = ids;
        this.extraSpecs = new ExtraSpecRoutes(flavors);
    }

    /// The flavors every new cloud has.
    @Override
    public void start() {
        flavors.seed();
    }

    @Override
    public List<Route> routes() {
        var routes = new ArrayList<>(List.of(
                Route.get(FLAVORS, r -> list(r, false)),
                Route.get(FLAVORS + "/detail", r -> list(r, true)),
                Route.post(FLAVORS, this::create)
                        .policy("os_compute_api:os-flavor-manage:create")
                        .schema("schema/compute/flavor-create.json")
                        .schema("schema/compute/flavor-create-2.55.json", "2.55")
                        .schema("schema/compute/flavor-create-2.102.json", "2.102"),
                Route.get(FLAVOR, this::show),
                Route.put(FLAVOR, this::update)
                        .since("2.55")
                        .policy("os_compute_api:os-flavor-manage:update")
                        .schema("schema/compute/flavor-update.json"),
                Route.delete(FLAVOR, this::delete).policy("os_compute_api:os-flavor-manage:delete"),
                Route.get(FLAVOR + "/os-flavor-access", this::access).policy("os_compute_api:os-flavor-access"),
                Route.action(FLAVOR + "/action", "addTenantAccess", this::addAccess)
                        .policy("os_compute_api:os-flavor-access:add_tenant_access")
                        .schema("schema/compute/flavor-add-access.json"),
                Route.action(FLAVOR + "/action", "removeTenantAccess", this::removeAccess)
                        .policy("os_compute_api:os-flavor-access:remove_tenant_access")
                        .schema("schema/compute/flavor-remove-access.json")));
        routes.addAll(extraSpecs.routes());
        return routes;
    }

    private Reply list(Request request, boolean detail) {
        boolean named = request.microversion().atLeast(102);
        if (request.microversion().atLeast(75) && !named) Page.only(request, QUERY);
        Page.sortable(
                request,
                FlavorStore.SORT_KEYS.keySet().stream()
                        .filter(k -> !named || !k.equals("rxtx_factor"))
                        .toList());
        var page = Page.of(request);
        var found = flavors.list(filter(request), sorts(request), page.marker(), page.limit());
        var body = Json.object();
        var array = body.putArray("flavors");
        for (var flavor : found) array.add(detail ? view(request, flavor) : brief(request, flavor.flavor()));
        if (page.limited() && page.full(found.size()))
            body.set(
                    "flavors_links",
                    Links.next(
                            request,
                            detail ? "flavors/detail" : "flavors",
                            found.getLast().id()));
        return Reply.ok(body);
    }

    private static List<Order> sorts(Request request) {
        var keys = request.queryAll("sort_key");
        var directions = request.queryAll("sort_dir");
        var sorts = new ArrayList<Order>();
        for (int i = 0; i < keys.size(); i++) {
            boolean ascending = i >= directions.size() || directions.get(i).equals("asc");
            sorts.add(new Order(keys.get(i), ascending));
        }
        if (keys.isEmpty() && !directions.isEmpty())
            sorts.add(new Order("flavorid", directions.getFirst().equals("asc")));
        return sorts;
    }

    private static FlavorStore.Filter filter(Request request) {
        boolean admin = request.caller().admin();
        return new FlavorStore.Filter(
                admin ? isPublic(request.query("is_public")) : Optional.of(true),
                request.caller().project().map(p -> p.id()),
                !admin,
                request.query("name").filter(_ -> request.microversion().atLeast(102)),
                number(request, "minRam"),
                number(request, "minDisk"));
    }

    private static Optional<Boolean> isPublic(Optional<String> text) {
        if (text.isEmpty()) return Optional.of(true);
        return switch (text.get().strip().toLowerCase(Locale.ROOT)) {
            case "none" -> Optional.empty();
            case "1", "t", "true", "on", "y", "yes" -> Optional.of(true);
            case "0", "f", "false", "off", "n", "no" -> Optional.of(false);
            default -> throw new Invalid("Invalid is_public filter [" + text.get() + "]");
        };
    }

    private static Optional<Integer> number(Request request, String name) {
        return request.query(name).map(text -> {
            try {
                return Integer.valueOf(text.strip());
            } catch (NumberFormatException e) {
                throw new Invalid("Invalid " + name + " filter [" + text + "]");
            }
        });
    }

    private Reply create(Request request) {
        var body = request.object("flavor");
        var id = body.path("id");
        var text = id.isMissingNode() || id.isNull() || id.asString("").equals("auto")
                ? ids.get().toString()
                : id.asString();
        var description = body.path("description");
        var wanted = new Flavor(
                text,
                body.path("name").asString().strip(),
                integer(body, "vcpus"),
                integer(body, "ram"),
                integer(body, "disk"),
                integer(body, "OS-FLV-EXT-DATA:ephemeral"),
                integer(body, "swap"),
                false,
                flag(body.path("os-flavor-access:is_public")),
                description.isString() ? Optional.of(description.stringValue()) : Optional.empty(),
                Map.of());
        double rxtxFactor = body.has("rxtx_factor")
                ? Double.parseDouble(body.path("rxtx_factor").asString())
                : 1.0;
        return Reply.ok(wrapped(request, flavors.create(wanted, rxtxFactor)));
    }

    /// Nova's schemas take numbers also as text.
    private static int integer(ObjectNode body, String name) {
        var node = body.path(name);
        if (node.isMissingNode() || node.asString("").isEmpty()) return 0;
        return Integer.parseInt(node.asString());
    }

    private static boolean flag(JsonNode node) {
        if (node.isMissingNode()) return true;
        return Set.of("1", "t", "true", "on", "y", "yes")
                .contains(node.asString().toLowerCase(Locale.ROOT));
    }

    private Reply show(Request request) {
        return Reply.ok(wrapped(request, flavors.show(request.caller(), request.variable("flavor_id"))));
    }

    private Reply update(Request request) {
        var description = request.object("flavor").path("description");
        var changed = flavors.describe(
                request.variable("flavor_id"),
                description.isString() ? Optional.of(description.stringValue()) : Optional.empty());
        return Reply.ok(wrapped(request, changed));
    }

    private Reply delete(Request request) {
        flavors.delete(request.variable("flavor_id"));
        return Reply.accepted();
    }

    private Reply access(Request request) {
        var id = request.variable("flavor_id");
        return Reply.ok(accessView(id, flavors.access(id)));
    }

    private Reply addAccess(Request request) {
        var id = request.variable("flavor_id");
        return Reply.ok(accessView(id, flavors.addAccess(id, tenant(request, "addTenantAccess"))));
    }

    private Reply removeAccess(Request request) {
        var id = request.variable("flavor_id");
        return Reply.ok(accessView(id, flavors.removeAccess(id, tenant(request, "removeTenantAccess"))));
    }

    private static String tenant(Request request, String action) {
        return request.object(action).path("tenant").asString();
    }

    private static ObjectNode accessView(String id, List<String> projects) {
        var body = Json.object();
        var array = body.putArray("flavor_access");
        for (var project : projects) array.addObject().put("flavor_id", id).put("tenant_id", project);
        return body;
    }

    private ObjectNode wrapped(Request request, Entry flavor) {
        var body = Json.object();
        body.set("flavor", view(request, flavor));
        return body;
    }

    private ObjectNode brief(Request request, Flavor flavor) {
        var view = Json.object().put("id", flavor.id()).put("name", flavor.name());
        view.set("links", Links.of(request, "flavors", flavor.id()));
        if (request.microversion().atLeast(55))
            view.put("description", flavor.description().orElse(null));
        return view;
    }

    private ObjectNode view(Request request, Entry entry) {
        var flavor = entry.flavor();
        var version = request.microversion();
        var view = Json.object()
                .put("id", flavor.id())
                .put("name", flavor.name())
                .put("ram", flavor.ramMib())
                .put("disk", flavor.diskGib());
        if (flavor.swapMib() == 0 && !version.atLeast(75)) view.put("swap", "");
        else view.put("swap", flavor.swapMib());
        boolean old = !version.atLeast(102);
        view.put("OS-FLV-EXT-DATA:ephemeral", flavor.ephemeralGib());
        if (old) view.put("OS-FLV-DISABLED:disabled", flavor.disabled());
        view.put("vcpus", flavor.vcpus()).put("os-flavor-access:is_public", flavor.isPublic());
        if (old) view.put("rxtx_factor", entry.rxtxFactor());
        view.set("links", Links.of(request, "flavors", flavor.id()));
        if (version.atLeast(55)) view.put("description", flavor.description().orElse(null));
        if (version.atLeast(61) && policy.allows(request.caller(), ExtraSpecRoutes.INDEX))
            view.set("extra_specs", ExtraSpecRoutes.view(new LinkedHashMap<>(flavor.extraSpecs())));
        return view;
    }
}
