package cloud.yun.identity.ldap;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.identity.House;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What changes in the directory counts here.
class DirectoryRefreshTest {
    @TempDir
    Path directory;

    private SlapdServer slapd;
    private Company company;
    private House house;
    private String corp;
    private String token;
    private String alice;

    @BeforeEach
    void open() {
        slapd = SlapdServer.start(Company.PEOPLE);
        company = new Company(directory);
        house = company.house;
        corp = company.domain("corp", Company.ldap(slapd.url(), ""));
        var role = company.role("member");
        var ops = company.id("group", corp, "Operators");
        house.as(company.admin, "PUT", "/v3/projects/" + company.project("demo") + "/groups/" + ops + "/roles/" + role);
        alice = company.id("user", corp, "alice");
        token = company.loginOn(corp, "alice", "demo").header("X-Subject-Token");
        assertThat(house.validate(company.admin, token).status()).isEqualTo(200);
    }

    @AfterEach
    void close() {
        company.close();
        slapd.close();
    }

    private static String change(String dn, String... lines) {
        return "dn: " + dn + "\nchangetype: modify\n" + String.join("\n", lines) + "\n";
    }

    private int validated() {
        company.refresh();
        return house.validate(company.admin, token).status();
    }

    @Test
    void token_whenUserIsDisabledInTheDirectory_holdsNoLonger() {
        slapd.change(change("uid=alice,ou=Users,dc=example,dc=org", "add: employeeType", "employeeType: FALSE"));
        assertThat(validated()).isEqualTo(404);
        assertThat(company.login(corp, "alice", "pw-alice").status()).isEqualTo(401);
    }

    @Test
    void token_whenUserLeavesTheGroup_losesItsRole() {
        slapd.change(change(
                "cn=ops,ou=UserGroups,dc=example,dc=org",
                "delete: member",
                "member: uid=alice,ou=Users,dc=example,dc=org"));
        assertThat(validated()).isEqualTo(404);
        assertThat(company.login(corp, "alice", "pw-alice").status()).isEqualTo(201);
        assertThat(company.loginOn(corp, "alice", "demo").status()).isEqualTo(401);
    }

    @Test
    void token_whenUserLeavesTheDirectory_holdsNoLongerAndAssignmentsCanBeTaken() {
        var own = "/v3/projects/" + company.project("demo") + "/users/" + alice + "/roles/" + company.role("reader");
        assertThat(house.as(company.admin, "PUT", own).status()).isEqualTo(204);
        slapd.change("dn: uid=alice,ou=Users,dc=example,dc=org\nchangetype: delete\n");
        assertThat(validated()).isEqualTo(404);
        assertThat(company.get("/v3/users/" + alice).status()).isEqualTo(404);
        assertThat(company.all("/v3/users?domain_id=" + corp, "users", "name"))
                .containsExactlyInAnyOrder("bob", "carol");
        assertThat(house.as(company.admin, "DELETE", own).status()).isEqualTo(204);
        assertThat(house.module.invariants())
                .allSatisfy(i -> assertThat(i.violations()).isEmpty());
    }

    @Test
    void password_whenItChangesInTheDirectory_countsAtOnce() {
        assertThat(company.login(corp, "bob", "pw-bob").status()).isEqualTo(201);
        slapd.change(change("uid=bob,ou=Users,dc=example,dc=org", "replace: userPassword", "userPassword: other"));
        assertThat(company.login(corp, "bob", "pw-bob").status()).isEqualTo(401);
        assertThat(company.login(corp, "bob", "other").status()).isEqualTo(201);
    }

    @Test
    void name_whenAnotherEntryTakesIt_isTheNewOnes() {
        company.configure("corp", Company.ldap(slapd.url(), "user_name_attribute = sn"));
        slapd.change(change("uid=alice,ou=Users,dc=example,dc=org", "replace: sn", "sn: Old"));
        slapd.change(change("uid=bob,ou=Users,dc=example,dc=org", "replace: sn", "sn: alice"));
        var bob = company.login(corp, "alice", "pw-bob");
        assertThat(bob.status()).isEqualTo(201);
        assertThat(bob.body().at("/token/user/id").asString()).isNotEqualTo(alice);
        assertThat(validated()).isEqualTo(200);
        assertThat(house.validate(company.admin, token)
                        .body()
                        .at("/token/user/name")
                        .asString())
                .isEqualTo("Old");
    }

    @Test
    void domain_whenItIsDeleted_leavesNothing() {
        for (var call : List.of("PATCH", "DELETE"))
            house.as(
                    company.admin,
                    call,
                    "/v3/domains/" + corp,
                    call.equals("PATCH") ? "{\"domain\": {\"enabled\": false}}" : "");
        assertThat(company.get("/v3/domains/" + corp).status()).isEqualTo(404);
        assertThat(company.get("/v3/users/" + alice).status()).isEqualTo(404);
        assertThat(house.validate(company.admin, token).status()).isEqualTo(404);
        assertThat(house.db.<Long>read(tx -> tx.number("SELECT COUNT(*) AS n FROM identity_id_mapping")))
                .isZero();
        company.refresh();
        assertThat(house.module.invariants())
                .allSatisfy(i -> assertThat(i.violations()).isEmpty());
    }
}
