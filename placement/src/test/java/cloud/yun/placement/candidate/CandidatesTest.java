package cloud.yun.placement.candidate;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.placement.Placement.Inventory;
import cloud.yun.placement.Placement.Resource;
import cloud.yun.placement.candidate.CandidateRequest.Group;
import cloud.yun.placement.candidate.Candidates.Node;
import cloud.yun.placement.provider.ResourceProvider;
import cloud.yun.placement.query.Parameters.Aggregates;
import cloud.yun.placement.query.Parameters.Traits;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// A host with two network cards below it, a second host, and storage that both share.
class CandidatesTest {
    private static final List<Node> ALL = List.of(
            node("host1", "", Map.of("VCPU", 8L), Set.of("HW_CPU_X86_AVX2"), Set.of("rack")),
            node("nic1", "host1", Map.of("SRIOV_NET_VF", 2L), Set.of("CUSTOM_PHYSNET_A"), Set.of()),
            node("nic2", "host1", Map.of("SRIOV_NET_VF", 2L), Set.of("CUSTOM_PHYSNET_B"), Set.of()),
            node("host2", "", Map.of("VCPU", 8L, "DISK_GB", 10L), Set.of(), Set.of()),
            node("nfs", "", Map.of("DISK_GB", 1000L), Set.of("MISC_SHARES_VIA_AGGREGATE"), Set.of("rack")));

    private static Node node(
            String id, String parent, Map<String, Long> totals, Set<String> traits, Set<String> aggregates) {
        var resources = new LinkedHashMap<String, Resource>();
        totals.forEach(
                (name, total) -> resources.put(name, new Resource(new Inventory(total, 0, 1, total, 1, 1.0), 0)));
        var provider = new ResourceProvider(
                id,
                id,
                0,
                Optional.of(parent).filter(p -> !p.isEmpty()),
                parent.isEmpty() ? id : parent,
                Instant.EPOCH,
                Instant.EPOCH);
        return new Node(provider, resources, traits, aggregates);
    }

    private static Group group(Map<String, Long> resources, String... traits) {
        return new Group(
                resources,
                new Traits(List.of(traits).stream().map(Set::of).toList(), Set.of()),
                Aggregates.FREE,
                Optional.empty());
    }

    private static List<Map<String, Map<String, Long>>> find(
            Map<String, Group> groups, boolean isolate, List<Set<String>> sameSubtree) {
        var request = new CandidateRequest(groups, isolate, sameSubtree, Traits.FREE, Optional.empty());
        return Candidates.of(request, ALL).stream()
                .map(Candidates.Candidate::resources)
                .toList();
    }

    private static List<Map<String, Map<String, Long>>> find(Map<String, Group> groups) {
        return find(groups, false, List.of());
    }

    @Test
    void find_whenOneClassIsAsked_namesEachProviderThatHasIt() {
        assertThat(find(Map.of("", group(Map.of("VCPU", 2L)))))
                .containsExactly(Map.of("host1", Map.of("VCPU", 2L)), Map.of("host2", Map.of("VCPU", 2L)));
        assertThat(find(Map.of("", group(Map.of("VCPU", 9L))))).isEmpty();
    }

    @Test
    void find_whenTheDiskIsShared_takesItFromTheSharingProvider() {
        assertThat(find(Map.of("", group(Map.of("VCPU", 1L, "DISK_GB", 5L)))))
                .containsExactly(
                        Map.of("host1", Map.of("VCPU", 1L), "nfs", Map.of("DISK_GB", 5L)),
                        Map.of("host2", Map.of("VCPU", 1L, "DISK_GB", 5L)));
    }

    @Test
    void find_whenATraitIsRequired_itMayBeAnywhereInTheUnsuffixedGroup() {
        assertThat(find(Map.of(
                        "", group(Map.of("VCPU", 1L, "SRIOV_NET_VF", 1L), "HW_CPU_X86_AVX2", "CUSTOM_PHYSNET_B"))))
                .containsExactly(Map.of("host1", Map.of("VCPU", 1L), "nic2", Map.of("SRIOV_NET_VF", 1L)));
    }

    @Test
    void find_whenGroupsAreIsolated_usesDifferentProviders() {
        var groups = Map.of(
                "1", group(Map.of("SRIOV_NET_VF", 1L)),
                "2", group(Map.of("SRIOV_NET_VF", 1L)));
        assertThat(find(groups)).hasSize(4);
        assertThat(find(groups, true, List.of()))
                .hasSize(2)
                .allSatisfy(c -> assertThat(c.keySet()).containsExactlyInAnyOrder("nic1", "nic2"));
    }

    @Test
    void find_whenTwoGroupsTogetherAreTooMuch_leavesThemOut() {
        var groups = Map.of(
                "1", group(Map.of("SRIOV_NET_VF", 2L), "CUSTOM_PHYSNET_A"),
                "2", group(Map.of("SRIOV_NET_VF", 1L), "CUSTOM_PHYSNET_A"));
        assertThat(find(groups)).isEmpty();
    }

    @Test
    void find_whenASubtreeIsAsked_oneProviderIsAboveTheOthers() {
        var cards = Map.of(
                "_a", group(Map.of("SRIOV_NET_VF", 1L), "CUSTOM_PHYSNET_A"),
                "_b", group(Map.of("SRIOV_NET_VF", 1L), "CUSTOM_PHYSNET_B"));
        assertThat(find(cards, false, List.of(Set.of("_a", "_b")))).isEmpty();
        var withHost = new LinkedHashMap<>(cards);
        withHost.put("_h", group(Map.of("VCPU", 1L)));
        assertThat(find(withHost, false, List.of(Set.of("_a", "_b", "_h")))).hasSize(1);
    }
}
