package cloud.yun.identity.domainconfig;

import cloud.yun.kernel.error.CloudException.Forbidden;
import cloud.yun.kernel.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Which options a domain may have of its own, and what they are worth by default. The list is Keystone's, read from
/// `domain-options.json` on the class path: what is not in it stays the operator's alone.
final class DomainOptions {
    private static final Map<String, Set<String>> SENSITIVE = Map.of("identity", Set.of(), "ldap", Set.of("password"));

    private final ObjectNode defaults;

    DomainOptions() {
        try (var in = DomainOptions.class.getClassLoader().getResourceAsStream("domain-options.json")) {
            if (in == null) throw new IllegalStateException("no domain-options.json");
            defaults = Json.storedObject(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Forbidden invalid(String reason) {
        return new Forbidden("Invalid domain specific configuration: " + reason + ".");
    }

    boolean sensitive(String group, String option) {
        return SENSITIVE.getOrDefault(group, Set.of()).contains(option);
    }

    /// @throws Forbidden a domain cannot have this group or option of its own
    void require(String group, Optional<String> option) {
        if (!defaults.has(group))
            throw invalid("Group " + group + " is not supported for domain specific configurations");
        if (option.isPresent() && !defaults.get(group).has(option.get()) && !sensitive(group, option.get()))
            throw invalid("Option " + option.get() + " in group " + group
                    + " is not supported for domain specific configurations");
    }

    ObjectNode defaults() {
        return defaults.deepCopy();
    }

    ObjectNode defaults(String group) {
        require(group, Optional.empty());
        var one = Json.object();
        one.set(group, defaults.get(group).deepCopy());
        return one;
    }

    /// @throws Forbidden there is no such option, or it is a secret
    JsonNode standard(String group, String option) {
        require(group, Optional.of(option));
        var value = defaults.get(group).get(option);
        if (value == null)
            throw invalid("Reading the default for option " + option + " in group " + group + " is not supported");
        return value;
    }
}
