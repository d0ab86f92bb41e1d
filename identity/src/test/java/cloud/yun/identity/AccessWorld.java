package cloud.yun.identity;

import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/// One of each thing that a path of identity names, all in one domain; a body for each call that needs one; and the
/// means to put everything back as it was.
final class AccessWorld {
    private static final Pattern VARIABLE = Pattern.compile("\\{([^}]+)}");
    private static final Pattern PLACE = Pattern.compile("\\$\\{([^}]+)}");
    private static final String PASSWORD = "pw";

    /// Values of path variables, and of `${...}` in [#BODIES].
    final Map<String, String> ids = new HashMap<>();

    private final House house;
    private final String admin;

    private static final Map<String, String> BODIES = bodies();

    AccessWorld(House house) {
        this.house = house;
        admin = house.admin();
        make();
        credentials();
        oauth();
        federation();
        snapshot();
    }

    private static Map<String, String> bodies() {
        var all = new HashMap<String, String>();
        all.put("POST /v3/users", "{'user': {'name': 'new', 'domain_id': '${domain_id}'}}");
        all.put("PATCH /v3/users/{user_id}", "{'user': {'description': 'x'}}");
        all.put("POST /v3/groups", "{'group': {'name': 'new', 'domain_id': '${domain_id}'}}");
        all.put("PATCH /v3/groups/{group_id}", "{'group': {'description': 'x'}}");
        all.put("POST /v3/projects", "{'project': {'name': 'new', 'domain_id': '${domain_id}'}}");
        all.put("PATCH /v3/projects/{project_id}", "{'project': {'description': 'x'}}");
        all.put("PUT /v3/projects/{project_id}/tags", "{'tags': ['x']}");
        all.put("POST /v3/domains", "{'domain': {'name': 'new'}}");
        all.put("PATCH /v3/domains/{domain_id}", "{'domain': {'description': 'x'}}");
        all.put("POST /v3/roles", "{'role': {'name': 'new'}}");
        all.put("PATCH /v3/roles/{role_id}", "{'role': {'description': 'x'}}");
        all.put("POST /v3/services", "{'service': {'type': 'new'}}");
        all.put("PATCH /v3/services/{service_id}", "{'service': {'description': 'x'}}");
        all.put(
                "POST /v3/endpoints",
                "{'endpoint': {'service_id': '${service_id}', 'interface': 'public', 'url': 'http://x'}}");
        all.put("PATCH /v3/endpoints/{endpoint_id}", "{'endpoint': {'url': 'http://y'}}");
        all.put("POST /v3/regions", "{'region': {'description': 'x'}}");
        all.put("PUT /v3/regions/{region_id}", "{'region': {'description': 'x'}}");
        all.put("PATCH /v3/regions/{region_id}", "{'region': {'description': 'x'}}");
        all.put("POST /v3/credentials", "{'credential': {'type': 'x', 'blob': 'y', 'user_id': '${user_id}'}}");
        all.put("PATCH /v3/credentials/{credential_id}", "{'credential': {'blob': 'z'}}");
        all.put("POST /v3/users/{user_id}/credentials/OS-EC2", "{'tenant_id': '${project_id}'}");
        all.put("POST /v3/users/{user_id}/application_credentials", "{'application_credential': {'name': 'new'}}");
        all.put(
                "POST /v3/OS-TRUST/trusts",
                "{'trust': {'trustor_user_id': '${user_id}', 'trustee_user_id': '${trustee_id}', 'project_id':"
                        + " '${project_id}', 'impersonation': false, 'roles': [{'name': 'nothing'}]}}");
        all.put(
                "POST /v3/registered_limits",
                "{'registered_limits': [{'service_id': '${service_id}', 'resource_name': 'new', 'default_limit': 1}]}");
        all.put("PATCH /v3/registered_limits/{registered_limit_id}", "{'registered_limit': {'description': 'x'}}");
        all.put(
                "POST /v3/limits",
                "{'limits': [{'service_id': '${service_id}', 'resource_name': 'cores', 'resource_limit': 1,"
                        + " 'domain_id': '${domain_id}'}]}");
        all.put("PATCH /v3/limits/{limit_id}", "{'limit': {'description': 'x'}}");
        all.put("POST /v3/policies", "{'policy': {'type': 'text/plain', 'blob': 'x'}}");
        all.put("PATCH /v3/policies/{policy_id}", "{'policy': {'blob': 'y'}}");
        all.put(
                "POST /v3/OS-EP-FILTER/endpoint_groups",
                "{'endpoint_group': {'name': 'new', 'filters': {'interface': 'admin'}}}");
        all.put(
                "PATCH /v3/OS-EP-FILTER/endpoint_groups/{endpoint_group_id}",
                "{'endpoint_group': {'description': 'x'}}");
        all.put("POST /v3/OS-OAUTH1/consumers", "{'consumer': {'description': 'x'}}");
        all.put("PATCH /v3/OS-OAUTH1/consumers/{consumer_id}", "{'consumer': {'description': 'y'}}");
        all.put("PUT /v3/OS-OAUTH1/authorize/{request_token_id}", "{'roles': [{'id': '${role_id}'}]}");
        federation(all);
        var config = "{'config': {'ldap': {'url': 'ldap://x'}}}";
        all.put("PUT /v3/domains/{domain_id}/config", config);
        all.put("PATCH /v3/domains/{domain_id}/config", config);
        all.put("PATCH /v3/domains/{domain_id}/config/{group}", config);
        all.put("PATCH /v3/domains/{domain_id}/config/{group}/{option}", "{'config': {'url': 'ldap://x'}}");
        return all;
    }

    private static void federation(Map<String, String> all) {
        var root = "/v3/OS-FEDERATION/";
        var provider = root + "identity_providers/{idp_id}";
        var rules = "{'mapping': {'rules': [{'local': [{'user': {'name': '{0}'}}], 'remote': [{'type': 'U'}]}]}}";
        var service = "{'service_provider': {'auth_url': 'http://x', 'sp_url': 'http://y'}}";
        for (var method : List.of("PUT", "PATCH")) {
            all.put(method + " " + provider, "{'identity_provider': {'enabled': true}}");
            all.put(method + " " + provider + "/protocols/{protocol_id}", "{'protocol': {'mapping_id': 'm'}}");
            all.put(method + " " + root + "mappings/{mapping_id}", rules);
            all.put(method + " " + root + "service_providers/{sp_id}", service);
        }
    }

    private void federation() {
        Map.of("idp_id", "i", "protocol_id", "saml2", "mapping_id", "m", "sp_id", "s")
                .forEach(ids::put);
        var root = "/v3/OS-FEDERATION/";
        for (var path : List.of(
                "mappings/{mapping_id}",
                "identity_providers/{idp_id}",
                "identity_providers/{idp_id}/protocols/{protocol_id}",
                "service_providers/{sp_id}")) send(admin, "PUT", path(root + path), BODIES.get("PUT " + root + path));
    }

    private House.Answer send(String token, String method, String path, String body) {
        var answer = house.as(token, method, path, filled(body).replace('\'', '"'));
        if (answer.status() >= 300) throw new IllegalStateException(method + " " + path + " " + answer);
        return answer;
    }

    private String made(String collection, String kind, String fields) {
        return send(admin, "POST", "/v3/" + collection, "{'" + kind + "': {" + fields + "}}")
                .body()
                .at("/" + kind + "/id")
                .asString();
    }

    private String filled(String text) {
        return PLACE.matcher(text).replaceAll(m -> value(m.group(1)));
    }

    private String value(String name) {
        var value = ids.get(name);
        if (value == null) throw new IllegalStateException("this test knows nothing for {" + name + "}");
        return value;
    }

    private String role(String name) {
        return house.as(admin, "GET", "/v3/roles?name=" + name)
                .body()
                .at("/roles/0/id")
                .asString();
    }

    private void make() {
        made("roles", "role", "'name': 'nothing'");
        ids.put("role_id", role("member"));
        ids.put("implied_role_id", role("reader"));
        ids.put("domain_id", made("domains", "domain", "'name': 'world'"));
        ids.put("other_domain_id", made("domains", "domain", "'name': 'elsewhere'"));
        ids.put("project_id", made("projects", "project", "'name': 'p', 'domain_id': '${domain_id}', 'tags': ['tag']"));
        ids.put("other_project_id", made("projects", "project", "'name': 'q', 'domain_id': '${domain_id}'"));
        ids.put("tag", "tag");
        ids.put("user_id", user("subject"));
        ids.put("trustee_id", user("trustee"));
        ids.put("group_id", made("groups", "group", "'name': 'g', 'domain_id': '${domain_id}'"));
        send(admin, "PUT", filled("/v3/groups/${group_id}/users/${user_id}"), "");
        send(admin, "PUT", filled("/v3/projects/${project_id}/users/${user_id}/roles/" + role("nothing")), "");
        ids.put("region_id", "there");
        send(admin, "PUT", "/v3/regions/there", "{'region': {}}");
        ids.put("service_id", made("services", "service", "'type': 't'"));
        ids.put(
                "endpoint_id",
                made(
                        "endpoints",
                        "endpoint",
                        "'service_id': '${service_id}', 'interface': 'public', 'url': 'http://x'"));
        ids.put("policy_id", made("policies", "policy", "'type': 'text/plain', 'blob': 'x'"));
        ids.put(
                "endpoint_group_id",
                made(
                        "OS-EP-FILTER/endpoint_groups",
                        "endpoint_group",
                        "'name': 'e', 'filters': {'interface': 'x'}".replace("'x'", "'public'")));
        ids.put("group", "ldap");
        ids.put("option", "url");
        send(admin, "PUT", filled("/v3/domains/${domain_id}/config"), BODIES.get("PUT /v3/domains/{domain_id}/config"));
        var registered = "{'registered_limits': [{'service_id': '${service_id}', 'resource_name': 'cores',"
                + " 'default_limit': 1}]}";
        ids.put("registered_limit_id", first(send(admin, "POST", "/v3/registered_limits", registered)));
        var limit = "{'limits': [{'service_id': '${service_id}', 'resource_name': 'cores', 'resource_limit': 1,"
                + " 'project_id': '${project_id}'}]}";
        ids.put("limit_id", first(send(admin, "POST", "/v3/limits", limit)));
    }

    /// Request and access tokens come by signed requests; that there are none shows behind the rule only.
    private void oauth() {
        ids.put("consumer_id", made("OS-OAUTH1/consumers", "consumer", "'description': 'x'"));
        ids.put("request_token_id", "0123456789abcdef0123456789abcdef");
        ids.put("access_token_id", "0123456789abcdef0123456789abcdef");
    }

    private static String first(House.Answer answer) {
        return answer.body().iterator().next().get(0).get("id").asString();
    }

    /// What belongs to the user that paths name.
    private void credentials() {
        var own = login("subject", scope("project", "project_id"));
        ids.put("subject_token", own);
        ids.put(
                "credential_id",
                made("credentials", "credential", "'type': 'x', 'blob': 'y', 'user_id': '${user_id}'"));
        var ec2 = send(
                admin, "POST", filled("/v3/users/${user_id}/credentials/OS-EC2"), "{'tenant_id': '${project_id}'}");
        ids.put("access", ec2.body().at("/credential/access").asString());
        var application = send(
                        own,
                        "POST",
                        filled("/v3/users/${user_id}/application_credentials"),
                        "{'application_credential': {'name': 'a', 'access_rules': [{'path': '/v2.1/servers', 'method':"
                                + " 'GET', 'service': 'compute'}]}}")
                .body();
        ids.put(
                "application_credential_id",
                application.at("/application_credential/id").asString());
        ids.put(
                "access_rule_id",
                application.at("/application_credential/access_rules/0/id").asString());
        var trust = send(own, "POST", "/v3/OS-TRUST/trusts", BODIES.get("POST /v3/OS-TRUST/trusts"));
        ids.put("trust_id", trust.body().at("/trust/id").asString());
    }

    private String user(String name) {
        return made(
                "users", "user", "'name': '" + name + "', 'password': '" + PASSWORD + "', 'domain_id': '${domain_id}'");
    }

    /// @param place `project`, `domain` or `system`
    private ObjectNode scope(String place, String id) {
        var scope = Json.object();
        if (place.equals("system")) scope.putObject("system").put("all", true);
        else scope.putObject(place).put("id", value(id));
        return scope;
    }

    private String login(String name, ObjectNode scope) {
        var auth = House.password(name, PASSWORD);
        ((ObjectNode) auth.at("/auth/identity/password/user/domain")).put("id", value("domain_id"));
        if (!scope.isEmpty()) ((ObjectNode) auth.get("auth")).set("scope", scope);
        var answer = house.login(auth);
        if (answer.status() != 201) throw new IllegalStateException(name + " " + answer);
        return answer.header("X-Subject-Token");
    }

    /// One who asks.
    ///
    /// @param scope column of the matrix
    record Asker(String scope, String role, String token) {}

    static final List<String> ROLES = List.of("admin", "manager", "member", "reader", "service", "nothing");
    static final List<String> SCOPES =
            List.of("none", "project", "other project", "domain", "other domain", "system", "the user");

    /// Each role in each scope; once without scope; and the user itself that paths name.
    List<Asker> askers() {
        var all = new java.util.ArrayList<Asker>();
        for (var role : ROLES) {
            ids.put("asker_id", user("asker-" + role));
            var grants = new LinkedHashMap<String, String>();
            grants.put("project", "/v3/projects/${project_id}");
            grants.put("other project", "/v3/projects/${other_project_id}");
            grants.put("domain", "/v3/domains/${domain_id}");
            grants.put("other domain", "/v3/domains/${other_domain_id}");
            grants.put("system", "/v3/system");
            grants.values()
                    .forEach(path -> send(admin, "PUT", filled(path + "/users/${asker_id}/roles/" + role(role)), ""));
            for (var scope : grants.keySet()) {
                var wanted = switch (scope) {
                    case "project" -> scope("project", "project_id");
                    case "other project" -> scope("project", "other_project_id");
                    case "domain" -> scope("domain", "domain_id");
                    case "other domain" -> scope("domain", "other_domain_id");
                    default -> scope("system", "");
                };
                all.add(new Asker(scope, role, login("asker-" + role, wanted)));
            }
        }
        all.add(new Asker("none", "yes", login("asker-nothing", Json.object())));
        all.add(new Asker("the user", "yes", value("subject_token")));
        snapshot();
        return all;
    }

    private String path(String template) {
        return VARIABLE.matcher(template).replaceAll(m -> value(m.group(1)));
    }

    House.Answer ask(Route route, Asker asker) {
        var path = path(route.path());
        var name = route.method() + " " + route.path();
        if (!route.schemas().isEmpty() && !BODIES.containsKey(name))
            throw new IllegalStateException("this test knows no body for " + name);
        var body = filled(BODIES.getOrDefault(name, "")).replace('\'', '"');
        return house.send(
                route.method(), path, body, "X-Auth-Token", asker.token(), "X-Subject-Token", value("subject_token"));
    }

    private List<String> tables() {
        return house.db.read(tx -> tx.query(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'identity%' AND name <>"
                        + " 'identity_epoch' AND name NOT LIKE 'identity_user_part%'",
                r -> r.string("name")));
    }

    private void snapshot() {
        for (var table : tables())
            house.db.write(tx -> {
                tx.update("DROP TABLE IF EXISTS copy_of_" + table);
                tx.update("CREATE TABLE copy_of_" + table + " AS SELECT * FROM " + table);
            });
    }

    /// Undoes what was done since the last snapshot.
    void restore() {
        var tables = tables();
        house.db.write(tx -> {
            tx.update("PRAGMA defer_foreign_keys = ON");
            for (var table : tables) tx.update("DELETE FROM " + table);
            for (var table : tables) tx.update("INSERT INTO " + table + " SELECT * FROM copy_of_" + table);
        });
        // What is remembered in memory rests on the epoch, which any change moves.
        send(admin, "PATCH", "/v3/regions/there", "{'region': {'description': ''}}");
    }
}
