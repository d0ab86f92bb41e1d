package cloud.yun.kernel.policy;

import cloud.yun.kernel.auth.Caller;
import java.util.List;
import java.util.Map;

/// A parsed rule of oslo.policy's language.
sealed interface Check {
    /// @param rules all rules in force, for `rule:` references
    boolean holds(Caller caller, Target target, Map<String, Check> rules, int depth);

    int DEPTH_MAX = 32;

    /// @return the names of the rules that this one refers to
    default List<String> references() {
        return List.of();
    }

    record Always(boolean result) implements Check {
        @Override
        public boolean holds(Caller caller, Target target, Map<String, Check> rules, int depth) {
            return result;
        }
    }

    record Not(Check check) implements Check {
        @Override
        public boolean holds(Caller caller, Target target, Map<String, Check> rules, int depth) {
            return !check.holds(caller, target, rules, depth);
        }

        @Override
        public List<String> references() {
            return check.references();
        }
    }

    record All(List<Check> checks) implements Check {
        @Override
        public boolean holds(Caller caller, Target target, Map<String, Check> rules, int depth) {
            return checks.stream().allMatch(c -> c.holds(caller, target, rules, depth));
        }

        @Override
        public List<String> references() {
            return checks.stream().flatMap(c -> c.references().stream()).toList();
        }
    }

    record Any(List<Check> checks) implements Check {
        @Override
        public boolean holds(Caller caller, Target target, Map<String, Check> rules, int depth) {
            return checks.stream().anyMatch(c -> c.holds(caller, target, rules, depth));
        }

        @Override
        public List<String> references() {
            return checks.stream().flatMap(c -> c.references().stream()).toList();
        }
    }

    /// A missing rule and a circle of references both refuse.
    record Rule(String name) implements Check {
        @Override
        public boolean holds(Caller caller, Target target, Map<String, Check> rules, int depth) {
            var rule = rules.get(name);
            return rule != null && depth < DEPTH_MAX && rule.holds(caller, target, rules, depth + 1);
        }

        @Override
        public List<String> references() {
            return List.of(name);
        }
    }

    /// Role names are compared without regard to case, as oslo.policy does.
    record Role(String name) implements Check {
        @Override
        public boolean holds(Caller caller, Target target, Map<String, Check> rules, int depth) {
            return caller.roles().stream().anyMatch(r -> r.name().equalsIgnoreCase(name));
        }
    }

    /// Any role at all: what `role:reader` and `role:member` mean where members and readers are one.
    record AnyRole() implements Check {
        @Override
        public boolean holds(Caller caller, Target target, Map<String, Check> rules, int depth) {
            return !caller.roles().isEmpty();
        }
    }

    /// `field:networks:shared=True`: Neutron's check on one attribute of the target; `=~` begins a pattern.
    record Field(String attribute, String value) implements Check {
        @Override
        public boolean holds(Caller caller, Target target, Map<String, Check> rules, int depth) {
            if (value.startsWith("~"))
                return target.text(attribute)
                        .map(v -> java.util.regex.Pattern.compile(value.substring(1))
                                .matcher(v)
                                .lookingAt())
                        .orElse(false);
            return target.text(attribute).map(v -> v.equalsIgnoreCase(value)).orElse(false);
        }
    }

    /// `left:right`: an attribute of the credentials, or a literal, against a literal or `%(attribute)s` of the
    /// target.
    record Equal(String left, String right) implements Check {
        @Override
        public boolean holds(Caller caller, Target target, Map<String, Check> rules, int depth) {
            var wanted = expand(right, target);
            if (wanted == null) return false;
            if (left.startsWith("'") || left.startsWith("\""))
                return left.substring(1, left.length() - 1).equals(wanted);
            if (left.equals("None") || left.equals("True") || left.equals("False")) return left.equals(wanted);
            return Credentials.values(caller, left).contains(wanted);
        }

        private static @org.jspecify.annotations.Nullable String expand(String pattern, Target target) {
            if (!pattern.startsWith("%(") || !pattern.endsWith(")s")) return pattern;
            return target.text(pattern.substring(2, pattern.length() - 2)).orElse(null);
        }
    }
}
