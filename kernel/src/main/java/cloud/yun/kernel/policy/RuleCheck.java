package cloud.yun.kernel.policy;

import cloud.yun.kernel.error.CloudException.Invalid;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What is wrong with the rules that an operator gives, all of it at once.
final class RuleCheck {
    private final Map<String, Check> defaults;
    private final Map<String, Check> merged;
    private final Map<String, String> own;
    private final List<String> broken = new ArrayList<>();

    /// @param defaults all rules of the service
    /// @param own rule name to rule text, in place of defaults
    RuleCheck(Map<String, Check> defaults, Map<String, String> own) {
        this.defaults = defaults;
        this.own = new TreeMap<>(own);
        this.merged = new HashMap<>(defaults);
        this.own.forEach((name, text) -> {
            try {
                merged.put(name, Parser.parse(text));
            } catch (Invalid e) {
                broken.add(name + ": " + e.userMessage());
            }
        });
    }

    /// What makes rules unusable: no rule at all, a reference to nothing, a circle.
    List<String> fatal() {
        var found = new ArrayList<>(broken);
        for (var name : own.keySet()) {
            var rule = merged.get(name);
            if (rule == null) continue;
            for (var reference : Set.copyOf(rule.references()))
                if (!merged.containsKey(reference) && !own.containsKey(reference))
                    found.add(name + ": there is no rule:" + reference);
            if (circular(name, name, new HashSet<>())) found.add(name + ": refers to itself");
        }
        return found;
    }

    private boolean circular(String start, String name, Set<String> seen) {
        var rule = merged.get(name);
        if (rule == null || !seen.add(name)) return false;
        return rule.references().stream().anyMatch(r -> r.equals(start) || circular(start, r, seen));
    }

    /// Names that the service does not know and no rule refers to: most likely typing errors.
    List<String> unknown() {
        var referred =
                merged.values().stream().flatMap(c -> c.references().stream()).collect(Collectors.toSet());
        return own.keySet().stream()
                .filter(name -> !defaults.containsKey(name) && !referred.contains(name))
                .map(name -> name + ": the service has no such rule")
                .toList();
    }
}
