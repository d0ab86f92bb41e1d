package cloud.yun.identity.federation.mapping;

import cloud.yun.kernel.error.CloudException.Invalid;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import tools.jackson.databind.JsonNode;

/// Applies a mapping's rules to attributes. Looks nothing up and remembers nothing.
///
/// A rule fits when each of its requirements does. A requirement fits when the attribute is there and, with
/// `any_one_of` or `not_any_of`, one or none of its values is listed. A requirement without these two catches the
/// values, a `whitelist` or `blacklist` first taking some away; what is caught fills `{0}`, `{1}` ... in order.
final class RuleProcessor {
    private final Mapping mapping;

    RuleProcessor(Mapping mapping) {
        this.mapping = mapping;
    }

    Mapped process(Map<String, String> attributes) {
        var values = new HashMap<String, List<String>>();
        attributes.forEach((name, value) -> values.put(name, Arrays.asList(value.split(";", -1))));
        var local = new LocalPart(mapping);
        for (var rule : mapping.rules()) {
            var caught = caught(rule.path("remote"), values);
            if (caught.isEmpty()) continue;
            for (var part : rule.path("local")) local.add(part, caught.get());
        }
        return local.mapped();
    }

    /// @return what the requirements catch; empty when one of them does not fit
    private Optional<DirectMaps> caught(JsonNode requirements, Map<String, List<String>> attributes) {
        var matches = new ArrayList<List<String>>();
        for (var requirement : requirements) {
            var values = attributes.get(requirement.path("type").asString(""));
            if (values == null) return Optional.empty();
            if (requirement.has("any_one_of")) {
                if (values.stream().noneMatch(listed(requirement, "any_one_of"))) return Optional.empty();
            } else if (requirement.has("not_any_of")) {
                if (values.stream().anyMatch(listed(requirement, "not_any_of"))) return Optional.empty();
            } else {
                matches.add(filtered(requirement, values));
            }
        }
        return Optional.of(new DirectMaps(mapping.id(), List.copyOf(matches)));
    }

    private List<String> filtered(JsonNode requirement, List<String> values) {
        if (requirement.has("blacklist")) {
            var bad = listed(requirement, "blacklist");
            return values.stream().filter(bad.negate()).distinct().toList();
        }
        if (requirement.has("whitelist"))
            return values.stream()
                    .filter(listed(requirement, "whitelist"))
                    .distinct()
                    .toList();
        return values;
    }

    private Predicate<String> listed(JsonNode requirement, String key) {
        var wanted = new LinkedHashSet<String>();
        for (var one : requirement.path(key)) if (one.isString()) wanted.add(one.stringValue());
        if (!requirement.path("regex").asBoolean(false)) return wanted::contains;
        var patterns = wanted.stream().map(this::pattern).toList();
        return value -> patterns.stream().anyMatch(p -> p.matcher(value).find());
    }

    private Pattern pattern(String text) {
        try {
            return Pattern.compile(text);
        } catch (PatternSyntaxException e) {
            throw new Invalid("Mapping " + mapping.id() + " has a malformed regular expression: " + e.getMessage());
        }
    }
}
