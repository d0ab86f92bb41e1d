package cloud.yun.network.addressgroup;

import static cloud.yun.network.api.Attribute.fixed;
import static cloud.yun.network.api.Attribute.of;
import static cloud.yun.network.api.Attribute.shown;

import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.http.Python;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.policy.Target;
import cloud.yun.network.address.Cidr;
import cloud.yun.network.api.Common;
import cloud.yun.network.api.Dirty;
import cloud.yun.network.api.ListQuery;
import cloud.yun.network.api.Resource;
import cloud.yun.network.api.Shape;
import cloud.yun.network.api.Shape.Draft;
import cloud.yun.network.api.Standard;
import cloud.yun.network.api.Values;
import cloud.yun.network.port.PortStore;
import cloud.yun.network.rbac.Grants;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The rules of address groups. A change of a group reaches the filters of all ports whose rules name it.
public final class AddressGroupService extends Resource<AddressGroup> {
    public static final Shape SHAPE = new Shape(
            "address_group",
            "address_groups",
            "AddressGroupNotFound",
            "Address group %s could not be found.",
            shown("id").column("id"),
            of("name", Values.text(255)).standard("").column("name"),
            shown("tenant_id").column("project_id"),
            shown("project_id").column("project_id"),
            of("description", Values.text(255)).standard("").column("description"),
            fixed("addresses", AddressGroupService::addresses).standard(List.of()));

    public AddressGroupService(Common common) {
        super(common, SHAPE);
    }

    /// Beside the five routes of every resource.
    public List<Route> routes() {
        return List.of(
                Route.put("/v2.0/address-groups/{id}/add_addresses", r -> change(r, true))
                        .policyOnObject("add_addresses"),
                Route.put("/v2.0/address-groups/{id}/remove_addresses", r -> change(r, false))
                        .policyOnObject("remove_addresses"));
    }

    /// An address alone is a prefix of its whole length; each once.
    private static JsonNode addresses(String name, JsonNode value) {
        if (!value.isArray()) throw Values.invalid(name, "'" + Python.str(value) + "' is not a list.");
        var found = new TreeSet<String>();
        for (var entry : value) {
            var text = Python.str(entry);
            found.add(Cidr.parse(text)
                    .orElseThrow(() -> Values.invalid(name, "'" + text + "' is not a valid IP subnet."))
                    .network()
                    .toString());
        }
        var array = Json.array();
        found.forEach(array::add);
        return array;
    }

    private static List<String> texts(JsonNode array) {
        var texts = new ArrayList<String>();
        array.forEach(a -> texts.add(a.asString()));
        return texts;
    }

    @Override
    protected ObjectNode create(Tx tx, Caller caller, Draft draft) {
        var group = new AddressGroup(
                common.id(),
                draft.projectId(),
                draft.text("name"),
                texts(draft.values().path("addresses")),
                Standard.fresh(draft.text("description"), 0, common.now()));
        new AddressGroupStore(tx).insert(group);
        return told(tx, caller, "create", group.id());
    }

    private ObjectNode told(Tx tx, Caller caller, String what, String id) {
        var group = new AddressGroupStore(tx).find(id).orElseThrow();
        var object = rendered(tx, caller, List.of(group)).getFirst();
        common.emit(tx, caller, SHAPE, what, group.projectId(), id, object.deepCopy());
        return object;
    }

    @Override
    public ObjectNode update(Caller caller, String id, ObjectNode changes, Optional<Long> revision) {
        return common.db().transaction(tx -> {
            var seen = visible(tx, caller, id);
            common.guard().update(caller, SHAPE, changes, Target.project(seen.projectId()));
            seen.standard().constrain(revision);
            new AddressGroupStore(tx)
                    .update(
                            id,
                            changes.path("name").asString(seen.name()),
                            changes.path("description").asString(seen.standard().description()),
                            common.now());
            return told(tx, caller, "update", id);
        });
    }

    private Reply change(Request request, boolean add) {
        var caller = request.caller();
        var id = request.variable("id");
        var given = request.body().path(SHAPE.name()).path("addresses");
        if (given.isMissingNode()) given = request.body().path("addresses");
        var asked = texts(addresses("addresses", given));
        if (asked.isEmpty()) throw new Invalid("Missing required 'addresses' in the request.", "HTTPBadRequest");
        var body = Json.object();
        body.set(SHAPE.name(), common.db().transaction(tx -> changed(tx, caller, id, asked, add)));
        return Reply.ok(body);
    }

    private ObjectNode changed(Tx tx, Caller caller, String id, List<String> asked, boolean add) {
        var seen = visible(tx, caller, id);
        common.guard().require(caller, add ? "add_addresses" : "remove_addresses", Target.project(seen.projectId()));
        var store = new AddressGroupStore(tx);
        var locked = store.lock(id).orElseThrow(() -> SHAPE.notFound(id));
        var there = asked.stream().filter(locked.addresses()::contains).toList();
        var absent = asked.stream().filter(a -> !there.contains(a)).toList();
        if (add && !there.isEmpty())
            throw new Invalid(
                    "Addresses " + String.join(", ", there) + " already exist in the address group " + id + ".",
                    "AddressesAlreadyExist");
        if (!add && !absent.isEmpty())
            throw NotFound.typed(
                    "Addresses " + String.join(", ", absent) + " not found in the address group " + id + ".",
                    "AddressesNotFound");
        if (add) store.add(id, asked);
        else store.remove(id, asked);
        store.update(id, locked.name(), locked.standard().description(), common.now());
        new PortStore(tx)
                .pluggedNamingAddresses(id)
                .forEach((port, host) -> common.dirty().mark(tx, Dirty.Kind.PORT, port, host, ""));
        return told(tx, caller, "update", id);
    }

    @Override
    public void delete(Caller caller, String id, Optional<Long> revision) {
        common.db().write(tx -> {
            var seen = visible(tx, caller, id);
            common.guard().delete(caller, SHAPE, Target.project(seen.projectId()));
            seen.standard().constrain(revision);
            var store = new AddressGroupStore(tx);
            if (store.used(id))
                throw new Conflict(
                        "Address group " + id + " is in use on one or more security group rules.", "AddressGroupInUse");
            new Grants(common).gone(tx, id);
            store.delete(id);
            common.emitDelete(tx, caller, SHAPE, seen.projectId(), id);
        });
    }

    @Override
    protected Optional<AddressGroup> find(Tx tx, String id) {
        return new AddressGroupStore(tx).find(id);
    }

    @Override
    protected List<AddressGroup> page(Tx tx, ListQuery query, Optional<String> projectId) {
        return new AddressGroupStore(tx).list(query, projectId);
    }

    @Override
    protected Target target(Tx tx, Caller caller, AddressGroup row) {
        return Target.project(row.projectId()).with("shared", Grants.shared(tx, caller, row.id()));
    }

    @Override
    protected List<ObjectNode> rendered(Tx tx, Caller caller, List<AddressGroup> rows) {
        return rows.stream()
                .map(g -> {
                    var object = Json.object()
                            .put("id", g.id())
                            .put("name", g.name())
                            .put("tenant_id", g.projectId())
                            .put("description", g.standard().description());
                    var array = object.putArray("addresses");
                    g.addresses().forEach(array::add);
                    return object.put("project_id", g.projectId());
                })
                .toList();
    }
}
