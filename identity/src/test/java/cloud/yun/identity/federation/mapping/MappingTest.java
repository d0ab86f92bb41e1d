package cloud.yun.identity.federation.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.yun.identity.federation.mapping.Mapped.DomainName;
import cloud.yun.identity.federation.mapping.Mapped.Group;
import cloud.yun.identity.federation.mapping.Mapped.Project;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.json.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ArrayNode;

class MappingTest {
    private static final DomainName DEFAULT = new DomainName(Optional.of("default"), Optional.empty());

    private static Mapped apply(SchemaVersion version, String rules, Map<String, String> attributes) {
        var tree = (ArrayNode) Json.stored(rules.replace('\'', '"'));
        return new Mapping("m", version, tree).apply(attributes);
    }

    private static Mapped apply(String rules, Map<String, String> attributes) {
        return apply(SchemaVersion.V1, rules, attributes);
    }

    /// The example of the API reference.
    private static final String NOT_ANY_OF = """
            [{'local': [{'user': {'name': '{0}'}}, {'group': {'id': '0cd5e9'}}],
              'remote': [{'type': 'UserName'}, {'type': 'orgPersonType', 'not_any_of': ['Contractor', 'Guest']}]}]
            """;

    @Test
    void notAnyOf_whenNoneIsListed_mapsUserAndGroup_elseNothing() {
        var found = apply(NOT_ANY_OF, Map.of("UserName", "bob", "orgPersonType", "Employee"));
        assertThat(found.user().name()).hasValue("bob");
        assertThat(found.user().local()).isFalse();
        assertThat(found.groupIds()).containsExactly("0cd5e9");
        assertThatThrownBy(() -> apply(NOT_ANY_OF, Map.of("UserName", "bob", "orgPersonType", "Employee;Guest")))
                .isInstanceOf(Invalid.class)
                .hasMessageStartingWith("Could not map any federated user properties to identity values.");
        assertThatThrownBy(() -> apply(NOT_ANY_OF, Map.of("UserName", "bob"))).isInstanceOf(Invalid.class);
    }

    @Test
    void anyOneOf_whenOneIsListed_fits_andCatchesNothing() {
        var rules = """
                [{'local': [{'user': {'name': '{0} {1}', 'email': '{2}'}, 'group': {'id': 'staff'}}],
                  'remote': [{'type': 'FirstName'}, {'type': 'kind', 'any_one_of': ['Admin', 'Boss']},
                             {'type': 'LastName'}, {'type': 'Email'}]}]
                """;
        var who = Map.of("FirstName", "Jane", "LastName", "Doe", "Email", "j@x", "kind", "Clerk;Boss");
        var found = apply(rules, who);
        assertThat(found.user().name()).hasValue("Jane Doe");
        assertThat(found.user().email()).hasValue("j@x");
        assertThat(found.groupIds()).containsExactly("staff");
    }

    @Test
    void regex_whenItIsFoundAnywhere_fits() {
        var rules = """
                [{'local': [{'user': {'name': '{0}'}}],
                  'remote': [{'type': 'UserName'},
                             {'type': 'Email', 'any_one_of': ['@example.com$'], 'regex': true}]}]
                """;
        assertThat(apply(rules, Map.of("UserName", "t", "Email", "t@example.com"))
                        .user()
                        .name())
                .hasValue("t");
        assertThatThrownBy(() -> apply(rules, Map.of("UserName", "t", "Email", "t@example.com.evil")))
                .isInstanceOf(Invalid.class);
        assertThatThrownBy(() -> apply(rules.replace("$", "("), Map.of("UserName", "t", "Email", "t")))
                .hasMessageContaining("malformed regular expression");
    }

    private static String groups(String condition) {
        return """
                [{'local': [{'user': {'name': '{0}'}}, {'groups': '{1}', 'domain': {'id': 'default'}}],
                  'remote': [{'type': 'UserName'}, {'type': 'GROUPS'%s}]}]
                """.formatted(condition);
    }

    @Test
    void whitelistAndBlacklist_keepAndTakeAwayGroups() {
        var who = Map.of("UserName", "jsmith", "GROUPS", "Developers;OpsTeam;Finance;Marketing");
        assertThat(apply(groups(", 'whitelist': ['Developers', 'OpsTeam', 'Nobody']"), who)
                        .groups())
                .containsExactly(new Group("Developers", DEFAULT), new Group("OpsTeam", DEFAULT));
        assertThat(apply(groups(", 'blacklist': ['Finance']"), who).groups())
                .extracting(Group::name)
                .containsExactly("Developers", "OpsTeam", "Marketing");
        assertThat(apply(groups(", 'whitelist': ['Team$', '^Dev'], 'regex': true"), who)
                        .groups())
                .extracting(Group::name)
                .containsExactly("Developers", "OpsTeam");
        assertThat(apply(groups(", 'blacklist': ['.'], 'regex': true"), who).groups())
                .isEmpty();
        assertThat(apply(groups(", 'whitelist': ['Finance']"), who).groups())
                .containsExactly(new Group("Finance", DEFAULT));
        assertThat(apply(groups(""), Map.of("UserName", "j", "GROUPS", "it's;\"a\\b\""))
                        .groups())
                .extracting(Group::name)
                .containsExactly("it's", "\"a\\b\"");
    }

    @Test
    void groups_whenTheRuleHasNoDomain_areRefused_unlessTheyBringOne() {
        var rules = "[{'local': [{'groups': '{0}'}], 'remote': [{'type': 'G'}]}]";
        assertThatThrownBy(() -> apply(rules, Map.of("G", "a;b")))
                .hasMessageContaining("Both 'groups' and 'domain' keywords must be specified.");
        var json = "JSON:{\"name\": \"g\", \"domain\": {\"id\": \"default\"}}";
        assertThat(apply(rules, Map.of("G", json)).groups()).containsExactly(new Group("g", DEFAULT));
    }

    @Test
    void groups_byIdByNameAndFromSeveralRules_addUp_andTheFirstUserWins() {
        var rules = """
                [{'local': [{'user': {'name': '{0}'}}, {'group': {'id': 'x'}}], 'remote': [{'type': 'U'}]},
                 {'local': [{'user': {'name': 'other'}}, {'group_ids': '{0}'},
                            {'group': {'name': 'n', 'domain': {'id': 'default'}}}], 'remote': [{'type': 'I'}]},
                 {'local': [{'group': {'id': 'never'}}], 'remote': [{'type': 'absent'}]}]
                """;
        var found = apply(rules, Map.of("U", "u", "I", "y;z;x"));
        assertThat(found.user().name()).hasValue("u");
        assertThat(found.groupIds()).containsExactly("x", "y", "z");
        assertThat(found.groups()).containsExactly(new Group("n", DEFAULT));
        assertThat(apply(rules, Map.of("I", "y")).groupIds()).containsExactly("y");
    }

    @Test
    void localUser_whenTheTypeSaysSo_isOneOfOurs_inItsDomain() {
        var rules = """
                [{'local': [{'user': {'id': '{0}', 'type': 'local', 'domain': {'name': '{1}'}}}],
                  'remote': [{'type': 'ID'}, {'type': 'DOMAIN'}]}]
                """;
        var user = apply(rules, Map.of("ID", "abc", "DOMAIN", "Default")).user();
        assertThat(user.local()).isTrue();
        assertThat(user.id()).hasValue("abc");
        assertThat(user.domain()).hasValue(new DomainName(Optional.empty(), Optional.of("Default")));
    }

    @Test
    void places_whenTheyHaveNoValueOrAreMalformed_areRefused() {
        var who = Map.of("U", "u");
        assertThatThrownBy(() -> apply("[{'local': [{'user': {'name': '{1}'}}], 'remote': [{'type': 'U'}]}]", who))
                .hasMessageContaining("refers to a remote match that doesn't exist");
        for (var bad : List.of("{0.x}", "{0[0]}", "{a}", "{", "}"))
            assertThatThrownBy(() ->
                            apply("[{'local': [{'user': {'name': '" + bad + "'}}], 'remote': [{'type': 'U'}]}]", who))
                    .as(bad)
                    .hasMessageContaining("malformed place");
        var braces = apply("[{'local': [{'user': {'name': '{{{0}}}-{}'}}], 'remote': [{'type': 'U'}]}]", who);
        assertThat(braces.user().name()).hasValue("{u}-u");
    }

    @Test
    void projects_takeTheRulesDomain_fromVersion2_on() {
        var rules = """
                [{'local': [{'user': {'name': '{0}'}, 'domain': {'id': 'default'},
                             'projects': [{'name': 'Dev for {0}', 'roles': [{'name': 'member'}, {'name': 'reader'}]}]}],
                  'remote': [{'type': 'U'}]}]
                """;
        var who = Map.of("U", "u");
        assertThat(apply(rules, who).projects())
                .containsExactly(new Project("Dev for u", List.of("member", "reader"), Optional.empty()));
        assertThat(apply(rules, who).user().domain()).isEmpty();
        var second = apply(SchemaVersion.V2, rules, who);
        assertThat(second.projects())
                .containsExactly(new Project("Dev for u", List.of("member", "reader"), Optional.of(DEFAULT)));
        assertThat(second.user().domain()).hasValue(DEFAULT);
    }

    @Test
    void projectsJson_inVersion3_comesFromTheAttribute_andIsChecked() {
        var rules = """
                [{'local': [{'user': {'name': '{0}'}, 'domain': {'id': 'default'}, 'projects_json': '{1}'}],
                  'remote': [{'type': 'U'}, {'type': 'P'}]}]
                """;
        var good = "[{\"name\": \"p\", \"roles\": [{\"name\": \"member\"}]}]";
        assertThat(apply(SchemaVersion.V3, rules, Map.of("U", "u", "P", good)).projects())
                .containsExactly(new Project("p", List.of("member"), Optional.of(DEFAULT)));
        assertThatThrownBy(() -> apply(SchemaVersion.V3, rules, Map.of("U", "u", "P", "[{\"name\": \"p\"}]")))
                .hasMessage("'roles' is a required property\n");
        assertThatThrownBy(() -> apply(SchemaVersion.V3, rules, Map.of("U", "u", "P", "no json")))
                .isInstanceOf(Invalid.class);
    }
}
