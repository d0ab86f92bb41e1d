package cloud.yun.identity.federation.mapping;

import cloud.yun.identity.federation.mapping.Mapped.DomainName;
import cloud.yun.identity.federation.mapping.Mapped.Group;
import cloud.yun.identity.federation.mapping.Mapped.Project;
import cloud.yun.identity.federation.mapping.Mapped.User;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.http.FaultDialect;
import cloud.yun.kernel.http.Python;
import cloud.yun.kernel.http.SchemaCheck;
import cloud.yun.kernel.json.Json;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Gathers the local parts of all rules that fit, filled, into one result.
///
/// The first user wins and the last projects do; groups add up.
final class LocalPart {
    private static final Pattern PLACE = Pattern.compile("\\{?(\\d{1,4})}?");
    private static final String JSON = "JSON:";
    private static final SchemaCheck SCHEMAS = new SchemaCheck(FaultDialect.IDENTITY);

    private final Mapping mapping;
    private final Set<String> groupIds = new LinkedHashSet<>();
    private final Set<Group> groups = new LinkedHashSet<>();
    private List<Project> projects = List.of();
    private @Nullable JsonNode user;
    private JsonNode domain = Json.object();
    private boolean any;

    LocalPart(Mapping mapping) {
        this.mapping = mapping;
    }

    void add(JsonNode local, DirectMaps caught) {
        any = true;
        var filled = filled((ObjectNode) local, caught);
        domain = filled.path("domain");
        if (user == null && filled.has("user")) user = filled.get("user");
        if (filled.path("group").has("id")) groupIds.add(filled.at("/group/id").asString());
        else if (filled.has("group")) groups.add(group(filled.get("group"), filled));
        if (filled.has("groups")) groups(filled);
        if (filled.has("group_ids"))
            groupIds.addAll(DirectMaps.list(filled.path("group_ids").asString()));
        if (filled.has("projects") || filled.has("projects_json")) projects(filled);
    }

    private ObjectNode filled(ObjectNode local, DirectMaps caught) {
        var filled = Json.object();
        for (var field : local.properties()) {
            var value = field.getValue();
            boolean fromJson = mapping.schemaVersion() == SchemaVersion.V3
                    && (field.getKey().equals("projects_json") || field.getKey().equals("projects"))
                    && value.isString();
            filled.set(field.getKey(), fromJson ? projectsOf(value.asString(), caught) : filled(value, caught));
        }
        return filled;
    }

    private JsonNode filled(JsonNode value, DirectMaps caught) {
        if (value instanceof ObjectNode object) return filled(object, caught);
        if (value instanceof ArrayNode array) {
            var all = Json.array();
            array.forEach(item -> all.add(filled(item, caught)));
            return all;
        }
        return value.isString() ? Json.tree(caught.fill(value.stringValue())) : value;
    }

    /// @throws Invalid the attribute holds no list of projects
    private static JsonNode projectsOf(String place, DirectMaps caught) {
        var matcher = PLACE.matcher(place);
        if (!matcher.lookingAt())
            throw new Invalid("The rule [" + place + "] for projects does not name a remote match, for example {0}.");
        var values = caught.values(Integer.parseInt(matcher.group(1)));
        JsonNode tree;
        try {
            tree = values.size() == 1 ? Json.stored(values.getFirst()) : Json.tree(values);
        } catch (JacksonException e) {
            throw new Invalid("The projects of the attribute are no JSON: " + e.getOriginalMessage());
        }
        var wrong = SCHEMAS.reasons("schema/identity/mapping-projects.json", tree);
        if (!wrong.isEmpty()) throw new Invalid(String.join("\n", wrong) + "\n");
        return tree;
    }

    private void groups(ObjectNode filled) {
        for (var name : DirectMaps.list(filled.path("groups").asString())) {
            if (!name.startsWith(JSON)) groups.add(new Group(name, groupDomain(filled.get("domain"), filled)));
            else groups.add(group(json(name.substring(JSON.length())), filled));
        }
    }

    private static JsonNode json(String text) {
        try {
            return Json.stored(text);
        } catch (JacksonException e) {
            throw new Invalid("A group of the attribute is no JSON: " + e.getOriginalMessage());
        }
    }

    private static Group group(JsonNode group, ObjectNode rule) {
        return new Group(group.path("name").asString(""), groupDomain(group.get("domain"), rule));
    }

    private static DomainName groupDomain(@Nullable JsonNode domain, ObjectNode rule) {
        return domain(domain)
                .orElseThrow(() -> new Invalid("Invalid rule: " + Python.repr(rule)
                        + ". Both 'groups' and 'domain' keywords must be specified."));
    }

    private void projects(ObjectNode filled) {
        var all = Json.array();
        filled.path("projects").forEach(all::add);
        filled.path("projects_json").forEach(all::add);
        projects = all.valueStream().map(p -> project(p, filled)).toList();
    }

    private Project project(JsonNode project, ObjectNode filled) {
        var roles = project.path("roles")
                .valueStream()
                .map(r -> r.path("name").asString(""))
                .toList();
        Optional<DomainName> standard =
                mapping.schemaVersion() == SchemaVersion.V1 ? Optional.empty() : domain(filled.get("domain"));
        return new Project(
                project.path("name").asString(""),
                roles,
                domain(project.get("domain")).or(() -> standard));
    }

    private static Optional<DomainName> domain(@Nullable JsonNode domain) {
        if (!(domain instanceof ObjectNode named) || named.isEmpty()) return Optional.empty();
        return Optional.of(new DomainName(text(named, "id"), text(named, "name")));
    }

    private static Optional<String> text(JsonNode node, String key) {
        return node.path(key).isString() ? Optional.of(node.path(key).stringValue()) : Optional.empty();
    }

    /// @throws Invalid no rule fitted
    Mapped mapped() {
        if (!any)
            throw new Invalid("Could not map any federated user properties to identity values. Check debug logs or the"
                    + " mapping used for additional details.");
        var who = user == null ? Json.object() : user;
        var type = who.path("type").asString("ephemeral");
        if (!type.equals("ephemeral") && !type.equals("local"))
            throw new Invalid("User type " + type + " not supported");
        Optional<DomainName> standard = mapping.schemaVersion() == SchemaVersion.V1 ? Optional.empty() : domain(domain);
        var found = new User(
                text(who, "id"),
                text(who, "name"),
                text(who, "email"),
                domain(who.get("domain")).or(() -> standard),
                type.equals("local"));
        return new Mapped(found, Collections.unmodifiableSet(groupIds), Collections.unmodifiableSet(groups), projects);
    }
}
