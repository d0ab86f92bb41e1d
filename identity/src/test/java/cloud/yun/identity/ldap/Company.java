package cloud.yun.identity.ldap;

import cloud.yun.identity.House;
import cloud.yun.kernel.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// People and groups for the tests, and a cloud where domains may have directories.
final class Company implements AutoCloseable {
    /// alice, bob and the disabled carol; the group `ops` has alice and carol, `dev` has bob and a stranger.
    static final String PEOPLE = tree("Users")
            + tree("UserGroups")
            + person("alice", "Alice", "")
            + person("bob", "Bob", "")
            + person("carol", "Carol", "employeeType: FALSE\n")
            + group("ops", "Operators", "uid=alice,ou=Users,dc=example,dc=org", "UID=carol, ou=Users,dc=example,dc=org")
            + group("dev", "Developers", "uid=bob,ou=Users,dc=example,dc=org", "cn=nobody,dc=example,dc=org");

    final House house;
    final String admin;
    private final Path configs;

    Company(Path directory) {
        this(directory, "");
    }

    /// @param more options of the section identity
    Company(Path directory, String more) {
        try {
            configs = Files.createDirectories(directory.resolve("domains"));
            house = House.sqlite(
                    Files.createDirectory(directory.resolve("data")),
                    "domain_specific_drivers_enabled = true\ndomain_config_dir = " + configs + "\n" + more);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        admin = house.admin();
    }

    static String tree(String name) {
        return "dn: ou=%s,dc=example,dc=org\nobjectClass: organizationalUnit\nou: %s\n\n".formatted(name, name);
    }

    /// @param more further attributes, a line each
    static String person(String uid, String name, String more) {
        return person(uid, name, more, "Users");
    }

    static String person(String uid, String name, String more, String tree) {
        return """
                dn: uid=%1$s,ou=%4$s,dc=example,dc=org
                objectClass: inetOrgPerson
                uid: %1$s
                cn: %2$s
                sn: %2$s
                mail: %1$s@example.org
                userPassword: pw-%1$s
                %3$s
                """.formatted(uid, name, more, tree);
    }

    static String group(String cn, String name, String... members) {
        return """
                dn: cn=%1$s,ou=UserGroups,dc=example,dc=org
                objectClass: groupOfNames
                cn: %1$s
                ou: %2$s
                description: %2$s of the company
                member: %3$s

                """.formatted(cn, name, String.join("\nmember: ", members));
    }

    /// The options that fit [#PEOPLE].
    static String ldap(String url, String more) {
        return """
                [identity]
                driver = ldap
                [ldap]
                url = %s
                user = %s
                password = %s
                suffix = %s
                user_id_attribute = uid
                user_name_attribute = uid
                user_enabled_attribute = employeeType
                user_enabled_default = TRUE
                %s
                """.formatted(url, SlapdServer.READER, SlapdServer.PASSWORD, SlapdServer.SUFFIX, more);
    }

    /// A domain of its own, with its configuration file.
    ///
    /// @return its id
    String domain(String name, String config) {
        configure(name, config);
        var body = Json.object();
        body.putObject("domain").put("name", name);
        var answer = house.as(admin, "POST", "/v3/domains", body.toString());
        if (answer.status() != 201) throw new IllegalStateException(answer.toString());
        return answer.body().at("/domain/id").asString();
    }

    void configure(String name, String config) {
        try {
            Files.writeString(configs.resolve("keystone." + name + ".conf"), config);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    House.Answer get(String path) {
        return house.as(admin, "GET", path);
    }

    /// @return what `name` is in each item of a list
    Set<String> all(String path, String list, String name) {
        return new HashSet<>(get(path).body().get(list).findValuesAsString(name));
    }

    /// @return the id of the one user or group of this name
    String id(String kind, String domain, String name) {
        var list = get("/v3/" + kind + "s?domain_id=" + domain + "&name=" + name)
                .body()
                .get(kind + "s");
        if (list.size() != 1) throw new IllegalStateException(name + ": " + list);
        return list.get(0).get("id").asString();
    }

    House.Answer login(String domain, String name, String password) {
        return house.login(password(domain, name, password));
    }

    static ObjectNode password(String domain, String name, String password) {
        var auth = House.password(name, password);
        ((ObjectNode) auth.at("/auth/identity/password/user/domain")).put("id", domain);
        return auth;
    }

    House.Answer loginOn(String domain, String name, String project) {
        var auth = password(domain, name, "pw-" + name);
        return house.login(House.withProject(auth, project));
    }

    String role(String name) {
        return get("/v3/roles?name=" + name).body().at("/roles/0/id").asString();
    }

    String project(String name) {
        return get("/v3/projects?domain_id=default&name=" + name)
                .body()
                .at("/projects/0/id")
                .asString();
    }

    void refresh() {
        for (var reconciler : house.module.reconcilers())
            if (reconciler.name().equals("directory-refresh")) reconciler.reconcile();
    }

    @Override
    public void close() {
        house.close();
        house.module.stop();
    }
}
