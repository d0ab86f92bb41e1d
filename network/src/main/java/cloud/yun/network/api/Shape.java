package cloud.yun.network.api;

import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A resource as a table of attributes: which bodies are good, what can be filtered and sorted by.
///
/// The order of the refusals and their words are Neutron's.
public final class Shape {
    private final String name;
    private final String plural;
    private final String label;
    private final String notFoundType;
    private final String notFoundText;
    private final Map<String, Attribute> attributes = new LinkedHashMap<>();
    private final Map<String, BiConsumer<Select, List<String>>> filters = new LinkedHashMap<>();

    /// @param name member name, for example `network`
    /// @param plural as in paths with `_` for `-`, for example `networks`
    /// @param notFoundType for example `NetworkNotFound`
    /// @param notFoundText with `%s` for the id
    public Shape(String name, String plural, String notFoundType, String notFoundText, Attribute... attributes) {
        this.name = name;
        this.plural = plural;
        this.label = plural.replace('_', '-');
        this.notFoundType = notFoundType;
        this.notFoundText = notFoundText;
        for (var attribute : attributes) this.attributes.put(attribute.name(), attribute);
    }

    /// A filter that is not a plain comparison.
    public Shape filter(String parameter, BiConsumer<Select, List<String>> condition) {
        filters.put(parameter, condition);
        return this;
    }

    public String name() {
        return name;
    }

    /// Key of lists, for example `security_groups`.
    public String plural() {
        return plural;
    }

    /// Last segment of the path, for example `security-groups`.
    public String path() {
        return label;
    }

    public Map<String, Attribute> attributes() {
        return attributes;
    }

    Map<String, BiConsumer<Select, List<String>>> filters() {
        return filters;
    }

    public NotFound notFound(String id) {
        return NotFound.typed(notFoundText.formatted(id), notFoundType);
    }

    /// @return the objects to create, one or many (`{"networks": [...]}`), complete and converted
    /// @throws Invalid the body cannot be used
    public List<Draft> drafts(Caller caller, JsonNode body) {
        if (body.get(plural) instanceof JsonNode many && many.isArray()) {
            if (many.isEmpty()) throw new Invalid("Resources required", "HTTPBadRequest");
            var drafts = new ArrayList<Draft>();
            for (var one : many) drafts.add(draft(caller, one.has(name) ? one.get(name) : one));
            return drafts;
        }
        return List.of(draft(caller, member(body)));
    }

    private JsonNode member(JsonNode body) {
        if (!(body.get(name) instanceof ObjectNode object))
            throw new Invalid("Unable to find '" + name + "' in request body", "HTTPBadRequest");
        return object;
    }

    private Draft draft(Caller caller, JsonNode given) {
        var asked = owned(caller, given);
        recognised(asked);
        var made = Json.object();
        for (var attribute : attributes.values()) {
            if (attribute.name().equals("project_id") || attribute.name().equals("tenant_id")) continue;
            var value = asked.get(attribute.name());
            if (value != null && !attribute.post())
                throw new Invalid("Attribute '" + attribute.name() + "' not allowed in POST", "HTTPBadRequest");
            if (value == null && attribute.required() && attribute.standard().isEmpty())
                throw new Invalid(
                        "Failed to parse request. Required attribute '" + attribute.name() + "' not specified",
                        "HTTPBadRequest");
            if (value != null) made.set(attribute.name(), value);
            else if (attribute.post() && attribute.standard().isPresent())
                made.set(attribute.name(), attribute.standard().get().deepCopy());
        }
        var projectId = asked.path("project_id").asString();
        convert(made);
        return new Draft(projectId, made, asked);
    }

    /// @return the changes, converted
    /// @throws Invalid the body cannot be used
    public ObjectNode changes(JsonNode body) {
        var given = member(body);
        recognised(given);
        var made = Json.object();
        for (var entry : given.properties()) {
            var attribute = attributes.get(entry.getKey());
            if (attribute == null || !attribute.put())
                throw new Invalid("Cannot update read-only attribute " + entry.getKey(), "HTTPBadRequest");
            made.set(entry.getKey(), entry.getValue());
        }
        convert(made);
        return made;
    }

    private void convert(ObjectNode made) {
        for (var key : List.copyOf(made.propertyNames())) {
            var attribute = attributes.get(key);
            if (attribute == null) continue;
            var value = made.get(key);
            // What the client left out is already in the stored form.
            if (attribute.standard().map(value::equals).orElse(false)) continue;
            made.set(key, attribute.check().apply(key, value));
        }
    }

    /// Whose object it becomes: `tenant_id` is the old spelling of `project_id`.
    private static ObjectNode owned(Caller caller, JsonNode given) {
        if (!(given instanceof ObjectNode)) throw new Invalid("Invalid request body", "HTTPBadRequest");
        var asked = (ObjectNode) given.deepCopy();
        var tenant = asked.remove("tenant_id");
        var project = asked.get("project_id");
        if (tenant != null && project != null && !tenant.equals(project))
            throw new Invalid("'project_id' and 'tenant_id' do not match", "HTTPBadRequest");
        if (project == null) project = tenant;
        var own = caller.project().map(Caller.Project::id).orElse("");
        if (project == null || project.isNull()) {
            if (own.isEmpty())
                throw new Invalid(
                        "Running without keystone AuthN requires that tenant_id is specified", "HTTPBadRequest");
            asked.put("project_id", own);
        } else {
            if (!caller.admin() && !project.asString().equals(own))
                throw new Invalid(
                        "Specifying 'project_id' or 'tenant_id' other than the authenticated project in request requires"
                                + " admin privileges",
                        "HTTPBadRequest");
            asked.set("project_id", project);
        }
        return asked;
    }

    private void recognised(JsonNode given) {
        var unknown = new TreeSet<String>();
        for (var key : given.propertyNames())
            if (!attributes.containsKey(key) && !key.equals("project_id") && !key.equals("tenant_id")) unknown.add(key);
        if (!unknown.isEmpty())
            throw new Invalid("Unrecognized attribute(s) '" + String.join(", ", unknown) + "'", "HTTPBadRequest");
    }

    /// What somebody wants to have created.
    ///
    /// @param values all attributes, converted, with defaults
    /// @param asked what the client said
    public record Draft(String projectId, ObjectNode values, ObjectNode asked) {
        public String text(String attribute) {
            return values.path(attribute).asString();
        }

        public boolean flag(String attribute) {
            return values.path(attribute).asBoolean();
        }

        public boolean said(String attribute) {
            return asked.has(attribute) && !values.path(attribute).isNull();
        }
    }
}
