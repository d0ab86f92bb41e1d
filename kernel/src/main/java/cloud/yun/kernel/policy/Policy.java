package cloud.yun.kernel.policy;

import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.error.CloudException.Forbidden;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.Unavailable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
    private final Optional<PolicyFile> file;
    private final Map<String, Check> standard;
    private volatile Map<String, Check> rules;
    private volatile Map<String, String> own = Map.of();
    private volatile long lookedAtMillis;
    private Optional<PolicyFile.Version> version = Optional.empty();

    /// @param defaults rule name to rule text, upstream's names and defaults
    /// @param file policy.yaml or policy.json; JSON is a subset of YAML
    public Policy(Map<String, String> defaults, Optional<Path> file) {
        this(defaults, Map.of(), file);
    }

    /// @param scopes rule name to the scopes that it is made for; a caller of another scope is refused whatever the
    ///     rule, or an operator's change of it, says. A rule without an entry takes every scope.
    public Policy(Map<String, String> defaults, Map<String, Set<Scope>> scopes, Optional<Path> file) {
        this(defaults, scopes, file.map(path -> new PolicyFile(path, true)), true);
    }

    public Policy(Map<String, String> defaults, Map<String, Set<Scope>> scopes, PolicyFile file) {
        this(defaults, scopes, Optional.of(file), file.rolesDiffer());
    }

    public Policy(Map<String, String> defaults, PolicyFile file) {
        this(defaults, Map.of(), file);
    }

    private Policy(
            Map<String, String> defaults,
            Map<String, Set<Scope>> scopes,
            Optional<PolicyFile> file,
            boolean rolesDiffer) {
        this.defaults = new LinkedHashMap<>(defaults);
        this.scopes = Map.copyOf(scopes);
        this.file = file;
        var parsed = new HashMap<String, Check>();
        this.defaults.forEach((name, text) -> parsed.put(name, Parser.parse(text, rolesDiffer)));
        this.standard = Map.copyOf(parsed);
        this.rules = standard;
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

    /// @return the names of the rules that the operator's file changes
    public Set<String> overridden() {
        look();
        return own.keySet();
    }

    /// @return each rule by name, in the order of registration, with its text in force; the operator's own rules last
    public Map<String, String> texts() {
        look();
        var all = new LinkedHashMap<>(defaults);
        all.putAll(own);
        return all;
    }

    /// Says what is wrong with rules before they are used.
    ///
    /// @param rules rule name to rule text, in place of defaults
    /// @return sentences; none when the rules can be used and name nothing that the service does not have
    public List<String> problems(Map<String, String> rules) {
        var check = new RuleCheck(standard, rules);
        return Stream.concat(check.fatal().stream(), check.unknown().stream()).toList();
    }

    /// Puts the operator's rules in place of those that are in force, and into the file, for the next start and for
    /// other processes on the same directory.
    ///
    /// @param rules checked by [#problems]; a rule that is not in it has its default
    /// @throws Unavailable the file cannot be written
    public synchronized void replace(Map<String, String> rules) {
        var target = file.orElseThrow(() -> new IllegalStateException("a policy without a file"));
        try {
            target.write(rules);
        } catch (IOException e) {
            throw new Unavailable("The policy file cannot be written.", target.path() + ": " + e.getMessage(), e);
        }
        reread(target);
    }

    private void look() {
        long now = System.currentTimeMillis();
        if (file.isEmpty() || now - lookedAtMillis < LOOK_MILLIS) return;
        lookedAtMillis = now;
        reread(file.get());
    }

    private synchronized void reread(PolicyFile from) {
        try {
            var found = from.version();
            if (found.equals(version)) return;
            version = found;
            use(found.isEmpty() ? Map.of() : PolicyFile.read(found.get().path()));
            LOG.info("policy file {}: {} rules of it in force", from.path(), own.size());
        } catch (IOException | RuntimeException e) {
            LOG.error("policy file {} cannot be used; the rules before stay in force: {}", from.path(), e.getMessage());
        }
    }

    private void use(Map<String, String> texts) {
        var check = new RuleCheck(standard, texts);
        if (!check.fatal().isEmpty()) throw new Invalid(String.join("; ", check.fatal()));
        if (!check.unknown().isEmpty()) LOG.warn("of no effect: {}", check.unknown());
        var next = new HashMap<>(standard);
        texts.forEach((name, text) -> next.put(name, Parser.parse(text)));
        rules = Map.copyOf(next);
        own = Map.copyOf(texts);
    }
}
