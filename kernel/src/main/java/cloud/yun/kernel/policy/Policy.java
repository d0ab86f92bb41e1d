package cloud.yun.kernel.policy;

import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.error.CloudException.Forbidden;
import cloud.yun.kernel.error.CloudException.Invalid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// The rules of one service.
///
/// The override file may be absent, may appear later, and is read again when it changes. A file that cannot be
/// read keeps the rules that were in force and says so in the log once per change: a typing error must not open
/// or close a cloud.
///
/// @see <a href="https://docs.openstack.org/oslo.policy/latest/admin/policy-yaml-file.html">policy.yaml</a>
public final class Policy {
    private static final Logger LOG = LoggerFactory.getLogger(Policy.class);
    private static final long LOOK_MILLIS = 1_000;

    private final Map<String, String> defaults;
    private final Map<String, Set<Scope>> scopes;
    private final Optional<Path> file;
    private volatile Map<String, Check> rules;
    private volatile Set<String> overridden = Set.of();
    private volatile long lookedAtMillis;
    private @Nullable FileTime modified;

    /// @param defaults rule name to rule text, upstream's names and defaults
    /// @param file policy.yaml or policy.json; JSON is a subset of YAML
    public Policy(Map<String, String> defaults, Optional<Path> file) {
        this(defaults, Map.of(), file);
    }

    /// @param scopes rule name to the scopes that it is made for; a caller of another scope is refused whatever the
    ///     rule, or an operator's change of it, says. A rule without an entry takes every scope.
    public Policy(Map<String, String> defaults, Map<String, Set<Scope>> scopes, Optional<Path> file) {
        this.defaults = new LinkedHashMap<>(defaults);
        this.scopes = Map.copyOf(scopes);
        this.file = file;
        this.rules = parse(this.defaults);
        look();
    }

    /// @throws Forbidden the rule does not hold for this caller on this target
    public void require(Caller caller, String rule, Target target) {
        if (!allows(caller, rule, target)) throw Forbidden.byPolicy(rule);
    }

    /// For an action on the caller's own project.
    ///
    /// @throws Forbidden the rule does not hold
    public void require(Caller caller, String rule) {
        require(caller, rule, own(caller));
    }

    /// A rule nobody registered refuses: forgetting one must not open a door.
    public boolean allows(Caller caller, String rule, Target target) {
        look();
        var made = scopes.get(rule);
        if (made != null && !made.contains(Scope.of(caller))) return false;
        var check = rules.get(rule);
        return check != null && check.holds(caller, target, rules, 0);
    }

    public boolean allows(Caller caller, String rule) {
        return allows(caller, rule, own(caller));
    }

    /// @return the target of an action that creates or lists in the caller's own scope
    public static Target own(Caller caller) {
        var target = caller.project().map(p -> Target.project(p.id())).orElse(Target.NONE);
        return target.with("user_id", caller.user().map(Caller.User::id).orElse(null));
    }

    /// @return all rules by name in the order of registration, with their texts in force by default
    public Map<String, String> defaults() {
        return Map.copyOf(defaults);
    }

    public boolean knows(String rule) {
        return rules.containsKey(rule);
    }

    public Set<String> overridden() {
        return overridden;
    }

    private void look() {
        long now = System.currentTimeMillis();
        if (file.isEmpty() || now - lookedAtMillis < LOOK_MILLIS) return;
        lookedAtMillis = now;
        reread(file.get());
    }

    private synchronized void reread(Path path) {
        try {
            var time = Files.exists(path) ? Files.getLastModifiedTime(path) : null;
            if (java.util.Objects.equals(time, modified)) return;
            modified = time;
            var texts = new HashMap<>(defaults);
            Map<String, String> own = time == null ? Map.of() : read(path);
            texts.putAll(own);
            rules = parse(texts);
            overridden = Set.copyOf(own.keySet());
            LOG.info("policy file {}: {} rules of it in force", path, own.size());
        } catch (IOException | RuntimeException e) {
            LOG.error("policy file {} cannot be used; the rules before stay in force: {}", path, e.getMessage());
        }
    }

    private static Map<String, String> read(Path path) throws IOException {
        var tree = new Load(LoadSettings.builder().setLabel(path.toString()).build())
                .loadFromString(Files.readString(path));
        if (tree == null) return Map.of();
        if (!(tree instanceof Map<?, ?> map)) throw new Invalid("a policy file is a map of rules");
        var found = new HashMap<String, String>();
        map.forEach((name, text) -> found.put(String.valueOf(name), String.valueOf(text)));
        return found;
    }

    private static Map<String, Check> parse(Map<String, String> texts) {
        var parsed = new ConcurrentHashMap<String, Check>();
        texts.forEach((name, text) -> parsed.put(name, Parser.parse(text)));
        return parsed;
    }
}
