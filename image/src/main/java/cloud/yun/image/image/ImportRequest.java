package cloud.yun.image.image;

import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The body of `POST images/ID/import`, checked.
///
/// @param uri of `web-download`; empty otherwise
/// @param stores named in the request; empty: the default one
/// @param all as it came, for the task
record ImportRequest(String method, String uri, List<String> stores, boolean allStores, ObjectNode all) {
    static final String DIRECT = "glance-direct";
    static final String DOWNLOAD = "web-download";
    static final String COPY = "copy-image";
    /// What there is; which of it is on is an option.
    static final List<String> METHODS = List.of(DIRECT, DOWNLOAD, COPY);

    /// @param enabled methods that are on
    /// @throws Invalid no import
    /// @throws Conflict a store that is not there
    static ImportRequest of(JsonNode body, List<String> enabled) {
        if (!(body instanceof ObjectNode all)) throw new Invalid("Import request requires a 'method' field.");
        var method = all.path("method");
        if (!method.isObject()) throw new Invalid("Import request requires a 'method' field.");
        if (!method.has("name")) throw new Invalid("Import request requires a 'name' field.");
        var name = method.path("name").asString("");
        if (!enabled.contains(name)) throw new Invalid("Unknown import method name '" + name + "'.");
        flag(all, "all_stores_must_succeed", true);
        boolean allStores = flag(all, "all_stores", false);
        if (allStores && all.has("stores"))
            throw new Invalid("Stores parameter and all_stores parameter can't be both specified");
        if (all.has("stores") && !all.path("stores").isArray()) throw new Invalid("'stores' must be a list");
        var stores = all.path("stores").valueStream().map(s -> s.asString("")).toList();
        for (var store : stores) known(store);
        return new ImportRequest(name, method.path("uri").asString(""), stores, allStores, all);
    }

    /// @throws Conflict there is no such store
    static void known(String store) {
        if (!store.equals("file"))
            throw new Conflict("The selected store " + store + " is not available on this node.");
    }

    private static boolean flag(ObjectNode all, String name, boolean otherwise) {
        var value = all.path(name);
        if (value.isMissingNode()) return otherwise;
        if (!value.isBoolean()) throw new Invalid("'" + name + "' must be boolean value only");
        return value.booleanValue();
    }
}
