package cloud.yun.placement.candidate;

import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.http.Microversion;
import cloud.yun.kernel.http.Request;
import cloud.yun.placement.query.Parameters;
import cloud.yun.placement.query.Parameters.Aggregates;
import cloud.yun.placement.query.Parameters.Traits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// What allocation candidates are asked for.
///
/// @param groups by suffix; the empty suffix may be served by several providers, each other one by a single
///     provider
/// @param isolate whether the suffixed groups must be served by different providers
/// @param sameSubtree sets of suffixes whose providers must lie below one of them
/// @param rootRequired traits of the root of the tree
/// @param limit at most so many candidates
record CandidateRequest(
        Map<String, Group> groups,
        boolean isolate,
        List<Set<String>> sameSubtree,
        Traits rootRequired,
        Optional<Integer> limit) {
    record Group(Map<String, Long> resources, Traits traits, Aggregates aggregates, Optional<String> inTree) {}

    private static final Pattern GROUPED =
            Pattern.compile("(resources|required|member_of|in_tree)([a-zA-Z0-9_-]{1,64}|)");

    /// @throws Invalid a parameter has no meaning in this microversion
    static CandidateRequest parse(Request request) {
        var version = request.microversion();
        var suffixes = new TreeSet<String>();
        for (var name : request.query().keySet()) {
            var matcher = GROUPED.matcher(name);
            boolean plain = matcher.matches() && grouped(version, matcher.group(1), matcher.group(2));
            if (plain) suffixes.add(matcher.group(2));
            else if (!single(version, name))
                throw new Invalid("Invalid query string parameters: Additional properties are not allowed ('" + name
                        + "' was unexpected)");
        }
        var groups = new TreeMap<String, Group>();
        for (var suffix : suffixes) groups.put(suffix, group(request, suffix, version));
        var sameSubtree = new ArrayList<Set<String>>();
        for (var value : request.queryAll("same_subtree")) sameSubtree.add(Set.of(value.split(",", -1)));
        check(request, groups, sameSubtree);
        var root = request.queryAll("root_required");
        return new CandidateRequest(
                groups,
                request.query("group_policy").filter("isolate"::equals).isPresent(),
                sameSubtree,
                root.isEmpty() ? Traits.FREE : Parameters.traits("root_required", root, version, false),
                request.query("limit").map(CandidateRequest::limit));
    }

    private static boolean grouped(Microversion version, String name, String suffix) {
        if (!suffix.isEmpty() && !version.atLeast(25)) return false;
        if (!suffix.isEmpty() && !suffix.matches("[1-9]\\d*") && !version.atLeast(33)) return false;
        return switch (name) {
            case "required" -> version.atLeast(17);
            case "member_of" -> version.atLeast(21);
            case "in_tree" -> version.atLeast(31);
            default -> true;
        };
    }

    private static boolean single(Microversion version, String name) {
        return switch (name) {
            case "limit" -> version.atLeast(16);
            case "group_policy" -> version.atLeast(25);
            case "root_required" -> version.atLeast(35);
            case "same_subtree" -> version.atLeast(36);
            default -> false;
        };
    }

    private static int limit(String text) {
        if (text.matches("[1-9]\\d{0,8}")) return Integer.parseInt(text);
        throw new Invalid("Invalid query string parameters: '" + text + "' does not match '^[1-9][0-9]*$'");
    }

    private static Group group(Request request, String suffix, Microversion version) {
        var required = request.queryAll("required" + suffix);
        return new Group(
                request.query("resources" + suffix).map(Parameters::resources).orElse(Map.of()),
                required.isEmpty() ? Traits.FREE : Parameters.traits("required" + suffix, required, version, true),
                Parameters.memberOf(request.queryAll("member_of" + suffix), version),
                request.query("in_tree" + suffix).map(u -> Parameters.uuid("in_tree" + suffix, u)));
    }

    private static void check(Request request, Map<String, Group> groups, List<Set<String>> sameSubtree) {
        groups.forEach((suffix, group) -> {
            // Since 1.36 a group may ask for no resource if a same_subtree names it.
            boolean named = sameSubtree.stream().anyMatch(s -> s.contains(suffix));
            if (group.resources().isEmpty() && !named)
                throw new Invalid("All traits and member_of parameters must be associated with resources. Found the"
                        + " following orphaned traits keys: required" + suffix);
        });
        if (groups.values().stream().allMatch(g -> g.resources().isEmpty()))
            throw new Invalid("At least one request group (`resources` or `resources{$S}`) is required.");
        for (var set : sameSubtree)
            for (var suffix : set)
                if (suffix.isEmpty() || !groups.containsKey(suffix))
                    throw new Invalid("Real suffixes should be specified in same_subtree: " + suffix + " not found in "
                            + groups.keySet() + ".");
        long suffixed = groups.keySet().stream().filter(s -> !s.isEmpty()).count();
        var policy = request.query("group_policy");
        if (suffixed > 1 && policy.isEmpty())
            throw new Invalid("The \"group_policy\" parameter is required when specifying more than one"
                    + " \"resources{N}\" parameter.");
        if (policy.isPresent() && !policy.get().equals("none") && !policy.get().equals("isolate"))
            throw new Invalid(
                    "Invalid query string parameters: '" + policy.get() + "' is not one of ['none', 'isolate']");
    }
}
