package cloud.yun.image.property;

import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.error.CloudException.Forbidden;
import cloud.yun.kernel.policy.Policy;
import cloud.yun.kernel.policy.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// Rules of the form `[regular expression]`, `create = admin,member`, `read = @`, `delete = !`. The first section
/// whose expression is found in a property's name decides; a property that no section fits is nobody's. Without a file
/// everything is allowed.
///
/// @see <a href="https://docs.openstack.org/glance/latest/admin/property-protections.html">Property protections</a>
public final class PropertyProtections {
    public enum Operation {
        CREATE,
        READ,
        UPDATE,
        DELETE
    }

    private record Rule(Pattern names, Map<Operation, List<String>> permissions) {}

    private final List<Rule> rules;
    private final boolean byPolicies;
    private final Policy policy;
    private final boolean on;

    private PropertyProtections(List<Rule> rules, boolean byPolicies, Policy policy, boolean on) {
        this.rules = List.copyOf(rules);
        this.byPolicies = byPolicies;
        this.policy = policy;
        this.on = on;
    }

    public static PropertyProtections none(Policy policy) {
        return new PropertyProtections(List.of(), false, policy, false);
    }

    /// @param format `roles` or `policies`: what the file names behind each operation
    /// @throws Config.Wrong there is no such file, or a rule in it makes no sense
    public static PropertyProtections of(Path file, String format, Policy policy) {
        if (!format.equals("roles") && !format.equals("policies"))
            throw new Config.Wrong("Invalid value '" + format
                    + "' for 'property_protection_rule_format'. The permitted values are 'roles' and 'policies'");
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException e) {
            throw new Config.Wrong("Couldn't find property protection file " + file + ": " + e.getMessage());
        }
        var rules = new ArrayList<Rule>();
        for (var section : sections(file, text).entrySet())
            rules.add(rule(section.getKey(), section.getValue(), format.equals("policies")));
        return new PropertyProtections(rules, format.equals("policies"), policy, true);
    }

    private static Map<String, Map<String, String>> sections(Path file, String text) {
        var sections = new LinkedHashMap<String, Map<String, String>>();
        Map<String, String> section = Map.of();
        for (var raw : text.split("\r?\n")) {
            var line = raw.strip();
            if (line.isEmpty() || line.startsWith("#") || line.startsWith(";")) continue;
            if (line.startsWith("[") && line.endsWith("]")) {
                section = sections.computeIfAbsent(line.substring(1, line.length() - 1), _ -> new LinkedHashMap<>());
                continue;
            }
            int equals = line.indexOf('=');
            if (equals < 0 || sections.isEmpty()) throw new Config.Wrong(file + ": this is not a rule: " + line);
            section.put(
                    line.substring(0, equals).strip().toLowerCase(Locale.ROOT),
                    line.substring(equals + 1).strip());
        }
        return sections;
    }

    private static Rule rule(String expression, Map<String, String> lines, boolean policies) {
        var permissions = new EnumMap<Operation, List<String>>(Operation.class);
        for (var operation : Operation.values()) {
            var text = lines.getOrDefault(operation.name().toLowerCase(Locale.ROOT), "");
            var names = text.isEmpty()
                    ? List.<String>of()
                    : List.of(text.split(",")).stream().map(String::strip).toList();
            if (policies && names.size() > 1)
                throw new Config.Wrong(
                        "Property protection [" + expression + "]: one policy for an operation: " + text);
            if (names.contains("@") && names.contains("!"))
                throw new Config.Wrong(
                        "Property protection [" + expression + "]: '@' and '!' are mutually exclusive: " + text);
            permissions.put(operation, names);
        }
        try {
            return new Rule(Pattern.compile(expression), permissions);
        } catch (PatternSyntaxException e) {
            throw new Config.Wrong("Property protection [" + expression + "]: " + e.getMessage());
        }
    }

    public boolean allows(Caller caller, String property, Operation operation) {
        if (!on) return true;
        for (var rule : rules)
            if (rule.names().matcher(property).find())
                return allows(caller, rule.permissions().getOrDefault(operation, List.of()));
        return false;
    }

    private boolean allows(Caller caller, List<String> names) {
        if (names.contains("!")) return false;
        if (names.contains("@")) return true;
        if (byPolicies)
            return !names.isEmpty()
                    && policy.allows(
                            caller,
                            names.getFirst(),
                            caller.project().map(p -> Target.project(p.id())).orElse(Target.NONE));
        return names.stream().anyMatch(caller::hasRole);
    }

    /// @return the properties that the caller may read
    public Map<String, String> readable(Caller caller, Map<String, String> properties) {
        if (!on) return properties;
        var seen = new LinkedHashMap<String, String>();
        properties.forEach((name, value) -> {
            if (allows(caller, name, Operation.READ)) seen.put(name, value);
        });
        return seen;
    }

    /// @throws Forbidden a property changes that the caller may not change so
    public void check(Caller caller, Map<String, String> before, Map<String, String> after) {
        if (!on) return;
        after.forEach((name, value) -> {
            if (!before.containsKey(name)) require(caller, name, Operation.CREATE);
            else if (!value.equals(before.get(name))) require(caller, name, Operation.UPDATE);
        });
        for (var name : before.keySet()) if (!after.containsKey(name)) require(caller, name, Operation.DELETE);
    }

    private void require(Caller caller, String property, Operation operation) {
        if (!allows(caller, property, operation)) throw new Forbidden("Property '" + property + "' is protected");
    }
}
