package cloud.yun.kernel.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.error.CloudException.Forbidden;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.testing.Requirement;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyTest {
    private static final Caller.Domain DOMAIN = new Caller.Domain("default", "Default");

    private static Caller caller(String user, String project, String... roles) {
        return new Caller(
                Optional.of(new Caller.User(user, user, DOMAIN)),
                Optional.of(new Caller.Project(project, project, DOMAIN)),
                Optional.empty(),
                false,
                Stream.of(roles).map(r -> new Caller.Role(r, r)).toList(),
                Optional.empty(),
                "req-1");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    @                                                            | true
                    !                                                            | false
                    role:member                                                  | true
                    role:MEMBER                                                  | true
                    role:admin                                                   | false
                    not role:admin                                               | true
                    role:admin or role:member                                    | true
                    role:admin and role:member or role:member                    | true
                    role:member and (role:admin or project_id:%(project_id)s)    | true
                    project_id:%(project_id)s                                    | true
                    project_id:%(other_id)s                                      | false
                    user_id:%(user_id)s                                          | false
                    'yes':%(flag)s                                               | true
                    rule:owner                                                   | true
                    rule:missing                                                 | false
                    rule:circle                                                  | false
                    field:networks:shared=True                                   | true
                    field:networks:shared=False                                  | false
                    is_admin:True                                                | false
                    system_scope:all                                             | false
                    """)
    void rule_isReadAsOsloPolicyReadsIt(String rule, boolean expected) {
        var policy = new Policy(
                Map.of("test", rule, "owner", "project_id:%(project_id)s", "circle", "rule:circle"), Optional.empty());
        var target = new Target(Map.of("project_id", "p1", "user_id", "someone", "flag", "yes", "shared", true));
        assertThat(policy.allows(caller("u1", "p1", "member"), "test", target)).isEqualTo(expected);
    }

    @Test
    void rule_thatIsNotOne_isRefused() {
        for (var text : List.of("role:", "and", "(role:a", "role:a role:b", "a b c"))
            assertThatThrownBy(() -> Parser.parse(text)).as(text).isInstanceOf(Invalid.class);
    }

    @Test
    void allows_whenTheTokensScopeIsNotTheRules_refusesEvenWithAnOpenOverride(@TempDir Path dir)
            throws java.io.IOException {
        var file = Files.writeString(dir.resolve("policy.yaml"), "\"things:tend\": \"@\"\n");
        var policy = new Policy(
                Map.of("things:tend", "role:admin"),
                Map.of("things:tend", java.util.Set.of(Scope.SYSTEM)),
                Optional.of(file));
        var system = new Caller(
                Optional.of(new Caller.User("u", "u", DOMAIN)),
                Optional.empty(),
                Optional.empty(),
                true,
                List.of(),
                Optional.empty(),
                "req-1");
        assertThat(policy.allows(caller("u", "p", "admin"), "things:tend")).isFalse();
        assertThat(policy.allows(system, "things:tend")).isTrue();
    }

    @Test
    void require_whenTheRuleIsUnknown_refuses() {
        var policy = new Policy(Map.of(), Optional.empty());
        assertThatThrownBy(() -> policy.require(caller("u", "p", "admin"), "nobody:registered:this"))
                .isInstanceOf(Forbidden.class)
                .hasMessage("Policy doesn't allow nobody:registered:this to be performed.");
    }

    @Requirement("S1.70")
    @Test
    void override_thatForbidsWhatAdminsMay_takesEffectWithoutRestart(@TempDir Path directory) throws Exception {
        var file = directory.resolve("policy.yaml");
        var policy = new Policy(Map.of("identity:update_user", "role:admin"), Optional.of(file));
        var admin = caller("a", "p", "admin");
        assertThat(policy.allows(admin, "identity:update_user")).isTrue();
        Files.writeString(file, "\"identity:update_user\": \"role:admin and not 'admin':%(target.user.name)s\"\n");
        var target = Target.of("target.user.name", "admin");
        Awaitility.await().until(() -> !policy.allows(admin, "identity:update_user", target));
        assertThat(policy.allows(admin, "identity:update_user", Target.of("target.user.name", "bob")))
                .isTrue();
        Files.writeString(file, "{\"identity:update_user\": \"!\"}");
        Awaitility.await().until(() -> !policy.allows(admin, "identity:update_user", Target.NONE));
        Files.writeString(file, "identity:update_user: 'role:'\n");
        Awaitility.await()
                .during(java.time.Duration.ofMillis(1500))
                .until(() -> !policy.allows(admin, "identity:update_user", Target.NONE));
        Files.delete(file);
        Awaitility.await().until(() -> policy.allows(admin, "identity:update_user", Target.NONE));
    }

    @Test
    void file_whenItIsJson_isReadWhereThereIsNoYaml(@TempDir Path directory) throws Exception {
        Files.writeString(directory.resolve("policy.json"), "{\"things:tend\": \"role:gardener\"}");
        var policy = new Policy(Map.of("things:tend", "role:admin"), Optional.of(directory.resolve("policy.yaml")));
        assertThat(policy.allows(caller("u", "p", "gardener"), "things:tend")).isTrue();
        assertThat(policy.overridden()).containsExactly("things:tend");
        Files.writeString(directory.resolve("policy.yaml"), "things:tend: '!'");
        Awaitility.await().until(() -> !policy.allows(caller("u", "p", "gardener"), "things:tend"));
    }

    @Test
    void problems_whenRulesAreOfNoUse_areAllNamed_andSuchAFileIsNotUsed(@TempDir Path directory) throws Exception {
        var file = directory.resolve("policy.yaml");
        var policy = new Policy(Map.of("owner", "user_id:%(user_id)s", "a", "rule:owner", "b", "@"), Optional.of(file));
        assertThat(policy.problems(Map.of("a", "role:x or rule:mine", "mine", "role:y and rule:owner")))
                .isEmpty();
        assertThat(policy.problems(Map.of("a", "role:", "b", "rule:nothing", "c", "@", "owner", "not rule:owner")))
                .containsExactlyInAnyOrder(
                        "a: This is not a policy rule: role:",
                        "b: there is no rule:nothing",
                        "owner: refers to itself",
                        "c: the service has no such rule");
        policy.replace(Map.of("a", "role:\"quoted\" or role:x", "b", "!"));
        assertThat(policy.allows(caller("u", "p", "x"), "a")).isTrue();
        assertThat(policy.allows(caller("u", "p", "x"), "b")).isFalse();
        assertThat(new Policy(Map.of("b", "@"), Optional.of(file)).allows(caller("u", "p"), "b"))
                .isFalse();
        Files.writeString(file, "b: 'rule:nothing'");
        Awaitility.await()
                .during(java.time.Duration.ofMillis(1500))
                .until(() -> !policy.allows(caller("u", "p", "x"), "b"));
        assertThat(policy.texts()).containsEntry("b", "!").containsEntry("owner", "user_id:%(user_id)s");
    }

    @Test
    void roles_whenNewDefaultsAreNotEnforced_areAdminAndAllOthers_butAnOperatorsRuleSaysWhatItSays(
            @TempDir Path directory) throws Exception {
        var file = Files.writeString(directory.resolve("policy.yaml"), "own: 'role:member'");
        var rules = Map.of(
                "list", "role:reader and project_id:%(project_id)s",
                "make", "role:member and project_id:%(project_id)s",
                "tend", "role:admin",
                "own", "role:member");
        var legacy = new Policy(rules, new PolicyFile(file, false));
        var other = caller("u", "p", "custom");
        assertThat(legacy.allows(other, "list")).isTrue();
        assertThat(legacy.allows(other, "make")).isTrue();
        assertThat(legacy.allows(other, "make", Target.project("q"))).isFalse();
        assertThat(legacy.allows(other, "tend")).isFalse();
        assertThat(legacy.allows(other, "own")).isFalse();
        assertThat(legacy.allows(caller("u", "p"), "list")).isFalse();
        assertThat(new Policy(rules, new PolicyFile(file, true)).allows(other, "list"))
                .isFalse();
    }
}
