package cloud.yun.kernel.policy;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What an action is done to, as flat attributes: `project_id`, `user_id`, `target.user.domain_id`,
/// `network:shared` ...
public record Target(Map<String, Object> attributes) {
    public static final Target NONE = new Target(Map.of());

    public static Target project(String projectId) {
        return new Target(Map.of("project_id", projectId, "tenant_id", projectId));
    }

    public static Target of(String key, Object value) {
        return new Target(Map.of(key, value));
    }

    /// @param value null leaves the attribute out
    public Target with(String key, @Nullable Object value) {
        if (value == null) return this;
        var all = new HashMap<>(attributes);
        all.put(key, value);
        return new Target(Map.copyOf(all));
    }

    Optional<String> text(String key) {
        return Optional.ofNullable(attributes.get(key)).map(Target::text);
    }

    private static String text(Object value) {
        if (value instanceof Boolean b) return b ? "True" : "False";
        return value.toString();
    }
}
