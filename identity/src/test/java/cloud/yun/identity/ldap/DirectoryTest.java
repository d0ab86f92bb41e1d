package cloud.yun.identity.ldap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.yun.identity.base.Filters;
import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.error.CloudException.Unavailable;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What the options mean, against a real slapd.
class DirectoryTest {
    private static final String POSIX = """
            dn: cn=wheel,ou=UserGroups,dc=example,dc=org
            objectClass: posixGroup
            cn: wheel
            gidNumber: 10
            memberUid: alice
            memberUid: bob

            dn: cn=enabled_users,ou=Users,dc=example,dc=org
            objectClass: groupOfNames
            cn: enabled_users
            member: uid=bob,ou=Users,dc=example,dc=org

            dn: ou=Far,ou=Users,dc=example,dc=org
            objectClass: organizationalUnit
            ou: Far

            dn: uid=dave,ou=Far,ou=Users,dc=example,dc=org
            objectClass: inetOrgPerson
            uid: dave
            cn: Dave Doe
            sn: Doe
            employeeNumber: 514
            title: boss

            """;

    private static SlapdServer slapd;

    @BeforeAll
    static void start() {
        var many = new StringBuilder(Company.PEOPLE).append(POSIX).append(Company.tree("Many"));
        for (int i = 0; i < 5_000; i++) many.append(Company.person("u%05d".formatted(i), "Name " + i, "", "Many"));
        slapd = SlapdServer.start(many.toString());
    }

    @AfterAll
    static void stop() {
        slapd.close();
    }

    private static Directory directory(String more) {
        return new Directory("corp", Config.parse(LdapOptions.ALL, Company.ldap(slapd.url(), more)));
    }

    private static List<String> names(Directory directory) {
        return directory.users(Filters.none()).stream().map(UserEntry::name).toList();
    }

    private static List<String> enabled(String more) {
        try (var directory = directory(more)) {
            return directory.users(Filters.none()).stream()
                    .filter(UserEntry::enabled)
                    .map(UserEntry::name)
                    .sorted()
                    .toList();
        }
    }

    @Test
    void users_whenThereAre5000_comeInPagesOnly() {
        try (var paged = directory("user_tree_dn = ou=Many,dc=example,dc=org\npage_size = 300")) {
            assertThat(names(paged)).hasSize(5_000).doesNotHaveDuplicates();
            assertThat(paged.userByName("u04999")).isPresent();
        }
        try (var plain = directory("user_tree_dn = ou=Many,dc=example,dc=org")) {
            assertThatThrownBy(() -> names(plain))
                    .isInstanceOf(Unavailable.class)
                    .hasMessageContaining("exceeded size limit");
        }
    }

    @Test
    void users_byScope_areOfOneLevelOrAllBelow() {
        try (var one = directory("");
                var sub = directory("query_scope = sub")) {
            assertThat(names(one)).containsExactlyInAnyOrder("alice", "bob", "carol");
            assertThat(names(sub)).containsExactlyInAnyOrder("alice", "bob", "carol", "dave");
        }
    }

    @Test
    void enabled_byEachWayToSayIt() {
        assertThat(enabled("")).containsExactly("alice", "bob");
        assertThat(enabled("user_enabled_attribute = employeeType\nuser_enabled_invert = true"))
                .containsExactly("carol");
        assertThat(enabled("user_enabled_default = False\nuser_enabled_invert = true"))
                .containsExactly("alice", "bob", "carol");
        assertThat(enabled("user_attribute_ignore = enabled")).containsExactly("alice", "bob", "carol");
        assertThat(enabled("user_enabled_emulation = true")).containsExactly("bob");
        var wheel = "user_enabled_emulation = true\nuser_enabled_emulation_dn = cn=ops,ou=UserGroups,dc=example,dc=org";
        assertThat(enabled(wheel)).containsExactly("alice", "carol");
        var mask = "query_scope = sub\nuser_enabled_attribute = employeeNumber\nuser_enabled_default = 512\n";
        assertThat(enabled(mask + "user_enabled_mask = 2")).containsExactly("alice", "bob", "carol");
        assertThat(enabled(mask + "user_enabled_mask = 4")).containsExactly("alice", "bob", "carol", "dave");
    }

    @Test
    void groups_whenMembersAreIds_haveThem() {
        var posix = "group_objectclass = posixGroup\ngroup_name_attribute = cn\ngroup_member_attribute = memberUid\n"
                + "group_members_are_ids = true";
        try (var directory = directory(posix)) {
            assertThat(directory.members("wheel").stream().map(UserEntry::name))
                    .containsExactlyInAnyOrder("alice", "bob");
            var alice = directory.userByName("alice").orElseThrow();
            assertThat(directory.groupsOf(alice).stream().map(GroupEntry::name)).containsExactly("wheel");
            assertThat(directory.groupsWithMembers())
                    .allSatisfy(g -> assertThat(directory.isMember(g, alice)).isTrue());
        }
    }

    @Test
    void groups_whenTheirMembersNameAnotherAttribute_areReadByDn() {
        try (var directory = directory("user_id_attribute = cn\nuser_additional_attribute_mapping = title:rank")) {
            assertThat(directory.members("ops").stream().map(UserEntry::localId))
                    .containsExactlyInAnyOrder("Alice", "Carol");
        }
        try (var directory = directory("query_scope = sub\nuser_additional_attribute_mapping = title:rank")) {
            assertThat(directory.userById("dave").orElseThrow().extra()).containsEntry("rank", "boss");
        }
    }

    @Test
    void publicId_isKeystonesSha256() {
        // Made by generate_public_ID of Debian's python3-keystone 22.0.2.
        assertThat(new PublicId("7a1b2c3d4e5f60718293a4b5c6d7e8f9", PublicId.Kind.USER, "alice").text())
                .isEqualTo("f186ae15ed3d83a7ce6af870403e8305448b950b5cfed89330327c82960d53cf");
        assertThat(new PublicId("7a1b2c3d4e5f60718293a4b5c6d7e8f9", PublicId.Kind.GROUP, "ops").text())
                .isEqualTo("a1abbcd6118c0853e82d6c568cafc495ad34cb4afb8518c0b09bb471b1efc4ee");
    }
}
