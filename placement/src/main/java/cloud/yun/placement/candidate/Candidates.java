package cloud.yun.placement.candidate;

import cloud.yun.placement.Placement.Resource;
import cloud.yun.placement.candidate.CandidateRequest.Group;
import cloud.yun.placement.inventory.InventoryStore;
import cloud.yun.placement.provider.ResourceProvider;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Combines providers into candidates, one tree after the other.
///
/// @see <a href="https://docs.openstack.org/placement/latest/user/provider-tree.html">Provider trees</a>
final class Candidates {
    private static final String SHARES = "MISC_SHARES_VIA_AGGREGATE";
    /// More combinations than anybody reads; a bound on work.
    private static final int COMBINATIONS_MAX = 10_000;

    /// A provider with all that decides.
    record Node(
            ResourceProvider provider, Map<String, Resource> resources, Set<String> traits, Set<String> aggregates) {
        String uuid() {
            return provider.uuid();
        }

        boolean can(String resourceClass, long amount) {
            var resource = resources.get(resourceClass);
            if (resource == null) return false;
            var i = resource.inventory();
            return resource.used() + amount <= InventoryStore.capacity(i)
                    && amount >= i.minUnit()
                    && amount <= i.maxUnit()
                    && amount % i.stepSize() == 0;
        }
    }

    /// @param resources provider to resource class to amount
    /// @param mappings suffix to the providers that serve its group
    record Candidate(Map<String, Map<String, Long>> resources, Map<String, Set<String>> mappings) {}

    private final CandidateRequest request;
    private final Map<String, Node> nodes;
    private final List<Candidate> found = new ArrayList<>();
    private final Set<Candidate> seen = new LinkedHashSet<>();
    private final int max;

    private Candidates(CandidateRequest request, Collection<Node> all) {
        this.request = request;
        this.nodes = new LinkedHashMap<>();
        all.forEach(n -> nodes.put(n.uuid(), n));
        this.max = Math.min(request.limit().orElse(COMBINATIONS_MAX), COMBINATIONS_MAX);
    }

    static List<Candidate> of(CandidateRequest request, Collection<Node> all) {
        return new Candidates(request, all).run();
    }

    private List<Candidate> run() {
        var trees = new LinkedHashMap<String, List<Node>>();
        for (var node : nodes.values())
            trees.computeIfAbsent(node.provider().rootUuid(), _ -> new ArrayList<>())
                    .add(node);
        for (var tree : trees.entrySet()) {
            if (found.size() >= max) break;
            var root = nodes.get(tree.getKey());
            if (root != null && request.rootRequired().hold(root.traits())) tree(tree.getValue());
        }
        return found;
    }

    /// One choice for a group: how much of what from whom.
    private record Choice(Map<String, Map<String, Long>> resources) {
        static Choice single(Node node, Map<String, Long> resources) {
            return new Choice(Map.of(node.uuid(), resources));
        }
    }

    private void tree(List<Node> tree) {
        var choices = new LinkedHashMap<String, List<Choice>>();
        for (var entry : request.groups().entrySet()) {
            var options = entry.getKey().isEmpty() ? together(tree, entry.getValue()) : alone(tree, entry.getValue());
            if (options.isEmpty()) return;
            choices.put(entry.getKey(), options);
        }
        combine(tree, List.copyOf(choices.keySet()), choices, new LinkedHashMap<>());
    }

    /// The tree's own providers and those that share with one of them through an aggregate.
    private List<Node> reachable(List<Node> tree) {
        var aggregates = new TreeSet<String>();
        tree.forEach(n -> aggregates.addAll(n.aggregates()));
        var all = new LinkedHashSet<>(tree);
        for (var node : nodes.values())
            if (node.traits().contains(SHARES) && node.aggregates().stream().anyMatch(aggregates::contains))
                all.add(node);
        return List.copyOf(all);
    }

    private static boolean inTree(List<Node> tree, Optional<String> wanted) {
        return wanted.isEmpty() || tree.stream().anyMatch(n -> n.uuid().equals(wanted.get()));
    }

    /// A suffixed group: everything from one provider.
    private List<Choice> alone(List<Node> tree, Group group) {
        var options = new ArrayList<Choice>();
        for (var node : reachable(tree)) {
            if (!inTree(treeOf(node), group.inTree())) continue;
            if (!group.traits().hold(node.traits()) || !group.aggregates().hold(node.aggregates())) continue;
            if (group.resources().entrySet().stream().allMatch(e -> node.can(e.getKey(), e.getValue())))
                options.add(Choice.single(node, group.resources()));
        }
        return options;
    }

    private List<Node> treeOf(Node node) {
        return nodes.values().stream()
                .filter(n -> n.provider().rootUuid().equals(node.provider().rootUuid()))
                .toList();
    }

    /// The group without a suffix: each class from any provider of the tree or one that shares with it.
    private List<Choice> together(List<Node> tree, Group group) {
        if (!inTree(tree, group.inTree())) return List.of();
        var able = reachable(tree).stream()
                .filter(n -> group.traits().avoided(n.traits()))
                .filter(n -> member(n, group))
                .toList();
        var partial = new ArrayList<Map<String, Map<String, Long>>>(List.of(Map.of()));
        for (var want : group.resources().entrySet()) {
            var next = new ArrayList<Map<String, Map<String, Long>>>();
            for (var chosen : partial)
                for (var node : able)
                    if (next.size() < COMBINATIONS_MAX && node.can(want.getKey(), want.getValue()))
                        next.add(with(chosen, node.uuid(), Map.of(want.getKey(), want.getValue())));
            partial = next;
        }
        return partial.stream()
                .filter(c -> touches(tree, c))
                .filter(c -> traitsTogether(c.keySet(), group))
                .map(Choice::new)
                .toList();
    }

    /// An aggregate of the root spans its whole tree.
    private boolean member(Node node, Group group) {
        var all = new TreeSet<>(node.aggregates());
        var root = nodes.get(node.provider().rootUuid());
        if (root != null) all.addAll(root.aggregates());
        return group.aggregates().hold(all);
    }

    /// A candidate made of sharing providers alone is one of their own trees, not of this one.
    private static boolean touches(List<Node> tree, Map<String, Map<String, Long>> choice) {
        return tree.stream().anyMatch(n -> choice.containsKey(n.uuid()));
    }

    private boolean traitsTogether(Collection<String> uuids, Group group) {
        var all = new TreeSet<String>();
        for (var uuid : uuids) {
            var node = nodes.get(uuid);
            if (node != null) all.addAll(node.traits());
        }
        return group.traits().hold(all);
    }

    private static Map<String, Map<String, Long>> with(
            Map<String, Map<String, Long>> before, String uuid, Map<String, Long> more) {
        var all = new LinkedHashMap<String, Map<String, Long>>(before);
        var sum = new LinkedHashMap<>(all.getOrDefault(uuid, Map.of()));
        more.forEach((name, amount) -> sum.merge(name, amount, Long::sum));
        all.put(uuid, sum);
        return all;
    }

    private void combine(
            List<Node> tree, List<String> suffixes, Map<String, List<Choice>> choices, Map<String, Choice> chosen) {
        if (found.size() >= max) return;
        if (chosen.size() == suffixes.size()) {
            accept(tree, chosen);
            return;
        }
        var suffix = suffixes.get(chosen.size());
        for (var choice : choices.getOrDefault(suffix, List.of())) {
            if (request.isolate() && !suffix.isEmpty() && overlaps(chosen, choice)) continue;
            var next = new LinkedHashMap<>(chosen);
            next.put(suffix, choice);
            combine(tree, suffixes, choices, next);
        }
    }

    private static boolean overlaps(Map<String, Choice> chosen, Choice choice) {
        return chosen.entrySet().stream()
                .filter(e -> !e.getKey().isEmpty())
                .anyMatch(e -> e.getValue().resources().keySet().stream().anyMatch(choice.resources()::containsKey));
    }

    private void accept(List<Node> tree, Map<String, Choice> chosen) {
        Map<String, Map<String, Long>> sum = new LinkedHashMap<>();
        var mappings = new TreeMap<String, Set<String>>();
        for (var entry : chosen.entrySet()) {
            mappings.put(
                    entry.getKey(), new TreeSet<>(entry.getValue().resources().keySet()));
            for (var part : entry.getValue().resources().entrySet()) sum = with(sum, part.getKey(), part.getValue());
        }
        sum.values().removeIf(Map::isEmpty);
        if (!touches(tree, sum)) return;
        for (var part : sum.entrySet()) {
            var node = nodes.get(part.getKey());
            if (node == null) return;
            for (var want : part.getValue().entrySet()) if (!node.can(want.getKey(), want.getValue())) return;
        }
        for (var set : request.sameSubtree()) if (!sameSubtree(set, mappings)) return;
        var candidate = new Candidate(sum, mappings);
        if (seen.add(candidate)) found.add(candidate);
    }

    /// Whether one of the providers is above, or is, all the others.
    private boolean sameSubtree(Set<String> suffixes, Map<String, Set<String>> mappings) {
        var all = new TreeSet<String>();
        for (var suffix : suffixes) all.addAll(mappings.getOrDefault(suffix, Set.of()));
        return all.stream().anyMatch(top -> all.stream().allMatch(uuid -> below(uuid, top)));
    }

    private boolean below(String uuid, String top) {
        Optional<String> at = Optional.of(uuid);
        while (at.isPresent()) {
            if (at.get().equals(top)) return true;
            var node = nodes.get(at.get());
            at = node == null ? Optional.empty() : node.provider().parentUuid();
        }
        return false;
    }
}
