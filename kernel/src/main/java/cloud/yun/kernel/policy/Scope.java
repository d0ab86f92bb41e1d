package cloud.yun.kernel.policy;

import cloud.yun.kernel.auth.Caller;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// What a token is scoped to, as far as a rule cares: oslo.policy's `scope_types`.
///
/// @see <a href="https://docs.openstack.org/oslo.policy/latest/user/usage.html">oslo.policy, scope types</a>
public enum Scope {
    SYSTEM,
    DOMAIN,
    PROJECT;

    /// A token without any scope counts as one of a project, as in oslo.policy.
    static Scope of(Caller caller) {
        if (caller.systemScope()) return SYSTEM;
        return caller.domain().isPresent() ? DOMAIN : PROJECT;
    }

    /// @param resource on the class path: a YAML map of rule name to a list of scopes
    public static Map<String, Set<Scope>> read(String resource) {
        try (var in = Scope.class.getClassLoader().getResourceAsStream(resource)) {
            if (in == null) throw new IllegalStateException("no " + resource);
            var found = new HashMap<String, Set<Scope>>();
            var tree = new Load(LoadSettings.builder().setLabel(resource).build()).loadFromInputStream(in);
            ((Map<?, ?>) tree).forEach((rule, scopes) -> {
                var set = EnumSet.noneOf(Scope.class);
                for (var scope : (List<?>) scopes)
                    set.add(valueOf(scope.toString().toUpperCase(Locale.ROOT)));
                found.put(rule.toString(), set);
            });
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
