package cloud.yun.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// The finer rules of projects, domains and their roles.
class ProjectTest {
    @TempDir
    Path directory;

    private House house;
    private String admin = "";

    private void open(House opened) {
        house = opened;
        admin = house.admin();
    }

    private String made(String collection, String kind, String fields) {
        var answer = house.as(admin, "POST", "/v3/" + collection, "{\"" + kind + "\": {" + fields + "}}");
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(201);
        return answer.body().at("/" + kind + "/id").asString();
    }

    private String project(String name, String parent) {
        return made("projects", "project", "\"name\": \"" + name + "\", \"parent_id\": \"" + parent + "\"");
    }

    private House.Answer send(String method, String path, String body) {
        return house.as(admin, method, path, body);
    }

    private JsonNode get(String path) {
        return house.as(admin, "GET", path).body();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void tree_whenAskedFor_showsIdsOfAll_andListsOfWhereTheCallerHasARole(String kind) {
        try (var opened = House.on(kind, directory)) {
            open(opened);
            var a = project("a", "default");
            var b = project("b", a);
            var c = project("c", b);
            var ids =
                    get("/v3/projects/" + b + "?parents_as_ids&subtree_as_ids").get("project");
            assertThat(ids.at("/parents/" + a + "/default").isNull()).isTrue();
            assertThat(ids.at("/subtree/" + c).isNull()).isTrue();
            var both = house.as(admin, "GET", "/v3/projects/" + b + "?parents_as_ids&parents_as_list");
            assertThat(both.status()).isEqualTo(400);
            assertThat(get("/v3/projects/" + b + "?parents_as_ids=false")
                            .get("project")
                            .has("parents"))
                    .isFalse();

            var me = house.validate(admin, admin).body().at("/token/user/id").asString();
            var member = get("/v3/roles?name=member").at("/roles/0/id").asString();
            for (var id : List.of(a, c))
                house.as(admin, "PUT", "/v3/projects/" + id + "/users/" + me + "/roles/" + member);
            var service = made("services", "service", "\"type\": \"t\"");
            send(
                    "POST",
                    "/v3/registered_limits",
                    "{\"registered_limits\": [{\"service_id\": \"" + service
                            + "\", \"resource_name\": \"cores\", \"default_limit\": 1}]}");
            send(
                    "POST",
                    "/v3/limits",
                    "{\"limits\": [{\"service_id\": \"" + service
                            + "\", \"resource_name\": \"cores\", \"resource_limit\": 7, \"project_id\": \"" + c
                            + "\"}]}");
            var lists = get("/v3/projects/" + b + "?parents_as_list&subtree_as_list&include_limits")
                    .get("project");
            assertThat(lists.get("parents")).hasSize(1);
            assertThat(lists.at("/parents/0/project/id").asString()).isEqualTo(a);
            assertThat(lists.at("/parents/0/project/limits")).isEmpty();
            assertThat(lists.at("/subtree/0/project/id").asString()).isEqualTo(c);
            assertThat(lists.at("/subtree/0/project/limits/0/resource_limit").asInt(0))
                    .isEqualTo(7);

            assertThat(house.as(admin, "GET", "/v3/role_assignments?include_subtree&scope.project.id=nowhere")
                            .status())
                    .isEqualTo(404);
            var tree = get("/v3/role_assignments?include_subtree&scope.project.id=" + a);
            assertThat(tree.get("role_assignments")).hasSize(2);
            var refused = house.as(admin, "DELETE", "/v3/projects/" + b);
            assertThat(refused.status()).isEqualTo(403);
            assertThat(send("PATCH", "/v3/projects/" + b, "{\"project\": {\"enabled\": false}}")
                            .status())
                    .isEqualTo(403);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void tags_whenTheProjectIsImmutable_stayAsTheyAre(String kind) {
        try (var opened = House.on(kind, directory)) {
            open(opened);
            var id = made("projects", "project", "\"name\": \"p\", \"tags\": [\"a\"]");
            var tags = "/v3/projects/" + id + "/tags";
            assertThat(send("PUT", tags, "{\"tags\": [\" b \", \"c\"]}").body().get("tags"))
                    .hasSize(2);
            assertThat(house.as(admin, "PUT", tags + "/d").status()).isEqualTo(201);
            assertThat(house.as(admin, "PUT", tags + "/x,y").status()).isEqualTo(400);
            assertThat(house.as(admin, "HEAD", tags + "/b").status()).isEqualTo(204);
            assertThat(house.as(admin, "GET", tags + "/zzz").status()).isEqualTo(404);
            assertThat(house.as(admin, "DELETE", tags + "/d").status()).isEqualTo(204);
            assertThat(house.as(admin, "DELETE", tags + "/d").status()).isEqualTo(404);
            assertThat(get("/v3/projects?tags=b").get("projects")).hasSize(1);

            send("PATCH", "/v3/projects/" + id, "{\"project\": {\"options\": {\"immutable\": true}}}");
            for (var method : List.of("PUT", "DELETE")) {
                var body = method.equals("PUT") ? "{\"tags\": []}" : "";
                var whole = send(method, tags, body);
                assertThat(whole.status()).isEqualTo(403);
                assertThat(whole.message()).contains("project is immutable");
                assertThat(house.as(admin, method, tags + "/b").status()).isEqualTo(403);
            }
            assertThat(get(tags).get("tags")).hasSize(2);
            var update = send("PATCH", "/v3/projects/" + id, "{\"project\": {\"name\": \"q\"}}");
            assertThat(update.status()).isEqualTo(403);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void domains_whenTakenForProjects_keepTheRulesOfDomains(String kind) {
        try (var opened = House.on(kind, directory)) {
            open(opened);
            var domain = made("projects", "project", "\"name\": \"d\", \"is_domain\": true, \"tags\": [\"x\"]");
            assertThat(get("/v3/domains/" + domain).at("/domain/tags/0").asString())
                    .isEqualTo("x");
            assertThat(get("/v3/projects/" + domain).at("/project/domain_id").isNull())
                    .isTrue();
            assertThat(get("/v3/projects?is_domain=true").get("projects").findValuesAsString("id"))
                    .contains(domain, "default");
            assertThat(get("/v3/projects").get("projects").findValuesAsString("id"))
                    .doesNotContain(domain);
            assertThat(send(
                                    "POST",
                                    "/v3/projects",
                                    "{\"project\": {\"name\": \"e\", \"is_domain\": true, \"parent_id\": \"" + domain
                                            + "\"}}")
                            .status())
                    .isEqualTo(400);
            var inside = project("in", domain);
            assertThat(house.as(admin, "DELETE", "/v3/projects/" + domain).status())
                    .isEqualTo(403);
            send("PATCH", "/v3/projects/" + inside, "{\"project\": {\"options\": {\"immutable\": true}}}");
            send("PATCH", "/v3/domains/" + domain, "{\"domain\": {\"enabled\": false}}");
            assertThat(house.as(admin, "DELETE", "/v3/domains/" + domain).status())
                    .isEqualTo(403);
            send("PATCH", "/v3/projects/" + inside, "{\"project\": {\"options\": {\"immutable\": null}}}");
            assertThat(house.as(admin, "DELETE", "/v3/projects/" + domain).status())
                    .isEqualTo(204);
            assertThat(house.as(admin, "GET", "/v3/projects/" + inside).status())
                    .isEqualTo(404);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void domainRoles_whenImpliedOrGiven_stayInTheirDomain(String kind) {
        try (var opened = House.on(kind, directory)) {
            open(opened);
            var domain = made("domains", "domain", "\"name\": \"d\"");
            var local = made("roles", "role", "\"name\": \"l\", \"domain_id\": \"" + domain + "\"");
            var second = made("roles", "role", "\"name\": \"m\", \"domain_id\": \"" + domain + "\"");
            var global = made("roles", "role", "\"name\": \"g\"");
            assertThat(house.as(admin, "PUT", "/v3/roles/" + local + "/implies/" + second)
                            .status())
                    .isEqualTo(201);
            var upward = house.as(admin, "PUT", "/v3/roles/" + global + "/implies/" + local);
            assertThat(upward.status()).isEqualTo(403);
            assertThat(upward.message()).isEqualTo("Global role cannot imply a domain-specific role");
            var me = house.validate(admin, admin).body().at("/token/user/id").asString();
            var here = project("p", "default");
            var there = project("q", domain);
            var outside = house.as(admin, "PUT", "/v3/projects/" + here + "/users/" + me + "/roles/" + local);
            assertThat(outside.status()).isEqualTo(403);
            assertThat(outside.message())
                    .isEqualTo("Project " + here + " must be in the same domain as the role " + local
                            + " being assigned.");
            assertThat(house.as(admin, "PUT", "/v3/projects/" + there + "/users/" + me + "/roles/" + local)
                            .status())
                    .isEqualTo(204);
            assertThat(house.as(admin, "PUT", "/v3/system/users/" + me + "/roles/" + local)
                            .status())
                    .isEqualTo(400);
            var named = get("/v3/role_assignments?include_names&scope.project.id=" + there);
            assertThat(named.at("/role_assignments/0/role/domain/name").asString())
                    .isEqualTo("d");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void filters_whenInexact_mindTheCaseUnlessTold(String kind) {
        try (var opened = House.on(kind, directory)) {
            open(opened);
            for (var name : List.of("Alpha_1", "alpha%2", "beta"))
                made("projects", "project", "\"name\": \"" + name + "\"");
            var in = "/v3/projects?name__";
            assertThat(get(in + "startswith=alpha").get("projects")).hasSize(1);
            assertThat(get(in + "istartswith=ALPHA").get("projects")).hasSize(2);
            assertThat(get(in + "contains=lpha").get("projects")).hasSize(2);
            assertThat(get(in + "contains=LPHA").get("projects")).isEmpty();
            assertThat(get(in + "icontains=LPHA").get("projects")).hasSize(2);
            assertThat(get(in + "contains=%25").get("projects")).hasSize(1);
            assertThat(get(in + "icontains=a_1").get("projects")).hasSize(1);
            assertThat(get(in + "endswith=ta").get("projects")).hasSize(1);
            assertThat(get(in + "endswith=TA").get("projects")).isEmpty();
            assertThat(get(in + "endswith=alongername" + "x".repeat(20)).get("projects"))
                    .isEmpty();
            assertThat(get(in + "iendswith=TA").get("projects")).hasSize(1);
            assertThat(get(in + "iexact=BETA").get("projects")).hasSize(1);
        }
    }
}
