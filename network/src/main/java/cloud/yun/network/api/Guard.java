package cloud.yun.network.api;

import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.error.CloudException.Forbidden;
import cloud.yun.kernel.policy.Policy;
import cloud.yun.kernel.policy.Target;
import cloud.yun.network.api.Shape.Draft;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Policy on objects and on their attributes, as Neutron combines them: the rule of the action, and one more for
/// each attribute that the client set and that has a rule (`create_network:shared`).
public final class Guard {
    private final Policy policy;

    public Guard(Policy policy) {
        this.policy = policy;
    }

    public Policy policy() {
        return policy;
    }

    /// Whether lists show the objects of all projects.
    public boolean all(Caller caller) {
        return policy.allows(caller, "context_is_admin") || policy.allows(caller, "context_is_advsvc");
    }

    /// The target of rules on an object of `projectId`.
    public static Target owned(String projectId) {
        return Target.project(projectId);
    }

    /// @throws Forbidden the caller may not create this
    public void create(Caller caller, Shape shape, Draft draft, Target target) {
        var set = new ArrayList<String>();
        for (var name : shape.attributes().keySet()) {
            if (!draft.asked().has(name)) continue;
            var attribute = shape.attributes().get(name);
            if (attribute == null) continue;
            var value = draft.values().path(name);
            if (attribute.standard().map(value::equals).orElse(false)) continue;
            set.add(name);
        }
        require(caller, "create_" + shape.name(), set, draft.values(), target);
    }

    /// @throws Forbidden the caller sees the object and may not change it so
    public void update(Caller caller, Shape shape, ObjectNode changes, Target target) {
        require(caller, "update_" + shape.name(), List.copyOf(changes.propertyNames()), changes, target);
    }

    public void delete(Caller caller, Shape shape, Target target) {
        require(caller, "delete_" + shape.name(), List.of(), null, target);
    }

    public boolean sees(Caller caller, Shape shape, Target target) {
        return policy.allows(caller, "get_" + shape.name(), target);
    }

    /// @throws Forbidden the rule of an action does not hold
    public void require(Caller caller, String rule, Target target) {
        if (!policy.allows(caller, rule, target)) throw forbidden("rule:" + rule);
    }

    private void require(
            Caller caller,
            String rule,
            List<String> attributes,
            @org.jspecify.annotations.Nullable ObjectNode values,
            Target target) {
        boolean allowed = policy.allows(caller, rule, target);
        var text = "rule:" + rule;
        for (var attribute : attributes) {
            for (var name : rules(rule + ":" + attribute, values == null ? null : values.get(attribute))) {
                allowed &= policy.allows(caller, name, target);
                text = "(" + text + " and rule:" + name + ")";
            }
        }
        if (!allowed) throw forbidden(text);
    }

    /// The rule of an attribute, and those of the keys of the objects in it (`create_port:fixed_ips:subnet_id`).
    private List<String> rules(String name, @org.jspecify.annotations.Nullable JsonNode value) {
        var found = new ArrayList<String>();
        if (policy.knows(name)) found.add(name);
        if (value == null) return found;
        var keys = new java.util.TreeSet<String>();
        if (value.isArray()) value.forEach(v -> keys.addAll(v.propertyNames()));
        else keys.addAll(value.propertyNames());
        for (var key : keys) if (policy.knows(name + ":" + key)) found.add(name + ":" + key);
        return found;
    }

    private static Forbidden forbidden(String rules) {
        return new Forbidden(rules + " is disallowed by policy", "PolicyNotAuthorized");
    }

    /// What one caller may see of objects of one kind; remembers what it asked the policy.
    public final class View {
        private final Caller caller;
        private final Shape shape;
        private final Map<String, Boolean> known = new HashMap<>();
        private final List<String> guarded;

        public View(Caller caller, Shape shape) {
            this.caller = caller;
            this.shape = shape;
            guarded = shape.attributes().keySet().stream()
                    .filter(a -> policy.knows("get_" + shape.name() + ":" + a))
                    .toList();
        }

        /// Takes away what the caller may not see, and what it did not ask for.
        ///
        /// @param fields empty: everything
        public ObjectNode of(ObjectNode object, Set<String> fields) {
            var project = object.path("project_id").asString();
            for (var attribute : guarded)
                if (object.has(attribute)
                        && !known.computeIfAbsent(
                                attribute + " " + project,
                                _ -> policy.allows(
                                        caller, "get_" + shape.name() + ":" + attribute, Target.project(project))))
                    object.remove(attribute);
            if (!fields.isEmpty()) object.retain(fields);
            return object;
        }
    }
}
