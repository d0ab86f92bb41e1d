package cloud.yun.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Policies of endpoints, and endpoint filters.
class CatalogExtensionTest {
    private static final String NOBODY = "0123456789abcdef0123456789abcdef";

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

    private int put(String path) {
        return house.as(admin, "PUT", path).status();
    }

    private int get(String path) {
        return house.as(admin, "GET", path).status();
    }

    private int delete(String path) {
        return house.as(admin, "DELETE", path).status();
    }

    private String endpoint(String service, String region, String kind) {
        return made(
                "endpoints",
                "endpoint",
                "\"service_id\": \"" + service + "\", \"interface\": \"" + kind + "\", \"region_id\": \"" + region
                        + "\", \"url\": \"http://" + kind + "." + region + "\"");
    }

    private String policy(String blob) {
        return made("policies", "policy", "\"type\": \"application/json\", \"blob\": \"" + blob + "\"");
    }

    private String effective(String endpoint) {
        return house.as(admin, "GET", "/v3/endpoints/" + endpoint + "/OS-ENDPOINT-POLICY/policy")
                .body()
                .at("/policy/blob")
                .asString("");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void policies_whenAssociated_workFromTheEndpointUpToItsService(String kind) {
        try (var opened = House.on(kind, directory)) {
            open(opened);
            var service = made("services", "service", "\"type\": \"t\"");
            house.as(admin, "PUT", "/v3/regions/up", "{\"region\": {}}");
            house.as(admin, "PUT", "/v3/regions/down", "{\"region\": {\"parent_region_id\": \"up\"}}");
            var endpoint = endpoint(service, "down", "public");
            var outside = endpoint(service, "RegionOne", "public");
            var ofService = policy("service");
            var ofRegion = policy("region");
            var own = policy("own");
            var path = "/v3/policies/" + own;
            assertThat(house.as(admin, "PATCH", path, "{\"policy\": {\"blob\": \"mine\", \"x\": 1}}")
                            .body()
                            .at("/policy/x")
                            .asInt(0))
                    .isEqualTo(1);
            assertThat(house.as(admin, "PATCH", path, "{\"policy\": {}}").status())
                    .isEqualTo(400);
            assertThat(house.as(admin, "GET", "/v3/policies?type=text/plain")
                            .body()
                            .get("policies"))
                    .isEmpty();
            assertThat(house.as(admin, "GET", "/v3/policies?type=application/json")
                            .body()
                            .get("policies"))
                    .hasSize(3);

            assertThat(get("/v3/endpoints/" + endpoint + "/OS-ENDPOINT-POLICY/policy"))
                    .isEqualTo(404);
            var below = "/OS-ENDPOINT-POLICY/services/" + service;
            assertThat(put("/v3/policies/" + ofService + below)).isEqualTo(204);
            assertThat(effective(endpoint)).isEqualTo("service");
            var inRegion = "/v3/policies/" + ofRegion + below + "/regions/up";
            assertThat(put(inRegion)).isEqualTo(204);
            assertThat(effective(endpoint)).isEqualTo("region");
            assertThat(effective(outside)).isEqualTo("service");
            var alone = path + "/OS-ENDPOINT-POLICY/endpoints/" + endpoint;
            assertThat(get(alone)).isEqualTo(404);
            assertThat(put(alone)).isEqualTo(204);
            assertThat(house.as(admin, "HEAD", alone).status()).isEqualTo(204);
            assertThat(effective(endpoint)).isEqualTo("mine");

            assertThat(house.as(admin, "GET", "/v3/policies/" + ofRegion + "/OS-ENDPOINT-POLICY/endpoints")
                            .body()
                            .get("endpoints")
                            .findValuesAsString("id"))
                    .containsExactly(endpoint);
            assertThat(house.as(admin, "GET", "/v3/policies/" + ofService + "/OS-ENDPOINT-POLICY/endpoints")
                            .body()
                            .get("endpoints")
                            .findValuesAsString("id"))
                    .containsExactlyInAnyOrder(endpoint, outside);
            // Another policy takes the place of the first.
            assertThat(put("/v3/policies/" + ofService + "/OS-ENDPOINT-POLICY/endpoints/" + endpoint))
                    .isEqualTo(204);
            assertThat(get(alone)).isEqualTo(404);
            assertThat(effective(endpoint)).isEqualTo("service");
            assertThat(delete(alone)).isEqualTo(204);
            for (var bad : List.of("endpoints/", "services/"))
                assertThat(put(path + "/OS-ENDPOINT-POLICY/" + bad + NOBODY))
                        .as(bad)
                        .isEqualTo(404);
            assertThat(delete(inRegion)).isEqualTo(204);
            assertThat(get(inRegion)).isEqualTo(404);
            assertThat(delete("/v3/policies/" + ofService)).isEqualTo(204);
            assertThat(get("/v3/endpoints/" + endpoint + "/OS-ENDPOINT-POLICY/policy"))
                    .isEqualTo(404);
            assertThat(house.as(house.demo(), "GET", path).status()).isEqualTo(403);
        }
    }

    private List<String> catalog() {
        var token = house.admin();
        return house.validate(admin, token).body().at("/token/catalog").findValuesAsString("url");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void catalog_whenTheProjectHasEndpointFilters_showsOnlyWhatTheyLetThrough(String kind) {
        try (var opened = House.on(kind, directory)) {
            open(opened);
            var project =
                    house.validate(admin, admin).body().at("/token/project/id").asString();
            var service = made("services", "service", "\"type\": \"t\", \"name\": \"n\"");
            var single = endpoint(service, "RegionOne", "public");
            endpoint(service, "RegionOne", "admin");
            var before = catalog();
            assertThat(before).contains("http://public.RegionOne", "http://admin.RegionOne");

            var root = "/v3/OS-EP-FILTER";
            var inProject = root + "/projects/" + project + "/endpoints/" + single;
            assertThat(get(inProject)).isEqualTo(404);
            assertThat(put(inProject)).isEqualTo(204);
            assertThat(put(inProject)).isEqualTo(409);
            assertThat(house.as(admin, "HEAD", inProject).status()).isEqualTo(204);
            assertThat(catalog()).containsExactly("http://public.RegionOne");
            assertThat(house.as(admin, "GET", root + "/endpoints/" + single + "/projects")
                            .body()
                            .get("projects")
                            .findValuesAsString("id"))
                    .containsExactly(project);

            var group = made(
                    "OS-EP-FILTER/endpoint_groups",
                    "endpoint_group",
                    "\"name\": \"g\", \"filters\": {\"service_id\": \"" + service + "\", \"interface\": \"admin\"}");
            var grouped = root + "/endpoint_groups/" + group;
            assertThat(house.as(admin, "GET", grouped + "/endpoints").body().get("endpoints"))
                    .hasSize(1);
            var shared = grouped + "/projects/" + project;
            assertThat(get(shared)).isEqualTo(404);
            assertThat(put(shared)).isEqualTo(204);
            assertThat(put(shared)).isEqualTo(409);
            assertThat(house.as(admin, "GET", shared)
                            .body()
                            .at("/project_endpoint_group/endpoint_group_id")
                            .asString())
                    .isEqualTo(group);
            assertThat(catalog()).containsExactlyInAnyOrder("http://public.RegionOne", "http://admin.RegionOne");
            assertThat(house.as(admin, "GET", root + "/projects/" + project + "/endpoints")
                            .body()
                            .get("endpoints"))
                    .hasSize(2);
            assertThat(house.as(admin, "GET", root + "/projects/" + project + "/endpoint_groups")
                            .body()
                            .at("/endpoint_groups/0/id")
                            .asString())
                    .isEqualTo(group);
            assertThat(house.as(admin, "GET", grouped + "/projects")
                            .body()
                            .at("/projects/0/id")
                            .asString())
                    .isEqualTo(project);
            // Other projects see all as before.
            assertThat(house.as(house.demo(), "GET", "/v3/auth/catalog").body().findValuesAsString("url"))
                    .hasSize(before.size());

            house.as(admin, "PATCH", grouped, "{\"endpoint_group\": {\"filters\": {\"interface\": \"internal\"}}}");
            assertThat(catalog()).doesNotContain("http://admin.RegionOne");
            assertThat(delete(inProject)).isEqualTo(204);
            assertThat(delete(inProject)).isEqualTo(404);
            assertThat(delete(shared)).isEqualTo(204);
            assertThat(delete(shared)).isEqualTo(404);
            assertThat(catalog()).hasSize(before.size());
            assertThat(house.as(admin, "GET", root + "/endpoint_groups?name=g")
                            .body()
                            .get("endpoint_groups"))
                    .hasSize(1);
            for (var bad : List.of(
                    "\"name\": \"g\", \"filters\": {}",
                    "\"name\": \"g\", \"filters\": {\"url\": \"x\"}",
                    "\"name\": \"g\", \"filters\": {\"interface\": \"other\"}",
                    "\"name\": \"g\"",
                    "\"name\": \"\", \"filters\": {\"interface\": \"admin\"}"))
                assertThat(house.as(admin, "POST", root + "/endpoint_groups", "{\"endpoint_group\": {" + bad + "}}")
                                .status())
                        .as(bad)
                        .isEqualTo(400);
            assertThat(delete(grouped)).isEqualTo(204);
            assertThat(get(grouped)).isEqualTo(404);
        }
    }

    @Test
    void catalog_whenNothingIsLetThroughByDefault_isEmptyWithoutFilters() {
        try (var opened = House.sqlite(directory, "[endpoint_filter]\nreturn_all_endpoints_if_no_filter = false\n")) {
            open(opened);
            assertThat(catalog()).isEmpty();
        }
    }
}
