package cloud.yun.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LimitTest {
    private static final String NOBODY = "0123456789abcdef0123456789abcdef";

    @TempDir
    Path directory;

    private String admin = "";

    private String made(House house, String collection, String kind, String fields) {
        var answer = house.as(admin, "POST", "/v3/" + collection, "{\"" + kind + "\": {" + fields + "}}");
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(201);
        return answer.body().at("/" + kind + "/id").asString();
    }

    private House.Answer register(House house, String... limits) {
        return house.as(
                admin, "POST", "/v3/registered_limits", "{\"registered_limits\": [" + String.join(",", limits) + "]}");
    }

    private static String registered(String service, String region, String resource, int limit) {
        return "{\"service_id\": \"" + service + "\", \"region_id\": " + region + ", \"resource_name\": \"" + resource
                + "\", \"default_limit\": " + limit + "}";
    }

    private static String limit(String service, String owner, String resource, int limit) {
        return "{\"service_id\": \"" + service + "\", " + owner + ", \"resource_name\": \"" + resource
                + "\", \"resource_limit\": " + limit + "}";
    }

    private House.Answer limits(House house, String... limits) {
        return house.as(admin, "POST", "/v3/limits", "{\"limits\": [" + String.join(",", limits) + "]}");
    }

    private static String project(String id) {
        return "\"project_id\": \"" + id + "\"";
    }

    private static String domain(String id) {
        return "\"domain_id\": \"" + id + "\"";
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void registeredLimits_whenMadeChangedAndDeleted_areUniquePerServiceRegionAndResource(String kind) {
        try (var house = House.on(kind, directory)) {
            admin = house.admin();
            var service = made(house, "services", "service", "\"type\": \"t\", \"name\": \"s\"");
            var both = register(
                    house, registered(service, "null", "cores", 10), registered(service, "\"RegionOne\"", "cores", -1));
            assertThat(both.status()).as(both.body().toString()).isEqualTo(201);
            assertThat(both.body().has("links")).isFalse();
            var first = both.body().at("/registered_limits/0");
            assertThat(first.propertyNames())
                    .containsExactlyInAnyOrder(
                            "id", "service_id", "region_id", "resource_name", "default_limit", "description", "links");
            var id = first.get("id").asString();
            assertThat(first.at("/links/self").asString()).endsWith("/v3/registered_limits/" + id);

            // One that is there already takes the whole request down.
            var again = register(
                    house, registered(service, "null", "ram", 1), registered(service, "\"RegionOne\"", "cores", 1));
            assertThat(again.status()).isEqualTo(409);
            assertThat(again.message())
                    .isEqualTo("Conflict occurred attempting to store registered_limit - Duplicate entry.");
            var path = "/v3/registered_limits";
            assertThat(house.as(admin, "GET", path).body().get("registered_limits"))
                    .hasSize(2);
            assertThat(house.as(admin, "GET", path + "?region_id=RegionOne")
                            .body()
                            .get("registered_limits"))
                    .hasSize(1);
            assertThat(house.as(admin, "GET", path + "?service_id=" + NOBODY)
                            .body()
                            .get("registered_limits"))
                    .isEmpty();
            assertThat(house.as(admin, "GET", path + "?resource_name__icontains=COR")
                            .body()
                            .get("registered_limits"))
                    .hasSize(2);
            assertThat(house.as(admin, "GET", path + "?resource_name__contains=COR")
                            .body()
                            .get("registered_limits"))
                    .isEmpty();
            assertThat(house.as(house.demo(), "GET", path + "/" + id).status()).isEqualTo(200);
            assertThat(house.as(house.demo(), "DELETE", path + "/" + id).status())
                    .isEqualTo(403);

            var changed = house.as(
                    admin,
                    "PATCH",
                    path + "/" + id,
                    "{\"registered_limit\": {\"default_limit\": 0, \"description\": \"d\"}}");
            assertThat(changed.body().at("/registered_limit/default_limit").asInt(-9))
                    .isEqualTo(0);
            assertThat(house.as(
                                    admin,
                                    "PATCH",
                                    path + "/" + id,
                                    "{\"registered_limit\": {\"region_id\": \"RegionOne\"}}")
                            .status())
                    .isEqualTo(409);
            for (var bad : List.of(
                    registered(NOBODY, "null", "x", 1),
                    registered(service, "\"nowhere\"", "x", 1),
                    registered("not-a-uuid", "null", "x", 1),
                    registered(service, "null", "", 1),
                    registered(service, "null", "x", -2)))
                assertThat(register(house, bad).status()).as(bad).isEqualTo(400);
            assertThat(house.as(admin, "DELETE", "/v3/services/" + service).status())
                    .isEqualTo(403);
            assertThat(house.as(admin, "DELETE", path + "/" + id).status()).isEqualTo(204);
            var gone = house.as(admin, "GET", path + "/" + id);
            assertThat(gone.status()).isEqualTo(404);
            assertThat(gone.message()).isEqualTo("Could not find registered limit for " + id + ".");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void limits_whenFlat_areOfProjectsAndDomains_andHoldTheirRegisteredLimit(String kind) {
        try (var house = House.on(kind, directory)) {
            admin = house.admin();
            var service = made(house, "services", "service", "\"type\": \"t\"");
            var demo = house.validate(admin, house.demo())
                    .body()
                    .at("/token/project/id")
                    .asString();
            var other = made(house, "projects", "project", "\"name\": \"other\"");
            assertThat(limits(house, limit(service, project(demo), "cores", 5)).status())
                    .isEqualTo(403);
            var registered = register(house, registered(service, "null", "cores", 10))
                    .body()
                    .at("/registered_limits/0/id")
                    .asString();
            var made = limits(
                    house,
                    limit(service, project(demo), "cores", 5),
                    limit(service, project(other), "cores", 50),
                    limit(service, domain("default"), "cores", 7));
            assertThat(made.status()).as(made.body().toString()).isEqualTo(201);
            var own = made.body().at("/limits/0");
            assertThat(own.propertyNames())
                    .containsExactlyInAnyOrder(
                            "id",
                            "project_id",
                            "domain_id",
                            "service_id",
                            "region_id",
                            "resource_name",
                            "resource_limit",
                            "description",
                            "links");
            assertThat(limits(house, limit(service, project(demo), "cores", 5)).status())
                    .isEqualTo(409);
            // A domain by the name of a project is still the domain.
            assertThat(limits(house, limit(service, project("default"), "cores", 5))
                            .status())
                    .isEqualTo(409);
            for (var bad : List.of(
                    limit(service, project(NOBODY), "cores", 1),
                    limit(service, domain(NOBODY), "cores", 1),
                    limit(service, project(demo) + ", " + domain("default"), "cores", 1),
                    limit(service, "\"x\": 1", "cores", 1),
                    limit(NOBODY, project(demo), "cores", 1)))
                assertThat(limits(house, bad).status()).as(bad).isEqualTo(400);

            assertThat(house.as(admin, "GET", "/v3/limits").body().get("limits"))
                    .hasSize(3);
            assertThat(house.as(admin, "GET", "/v3/limits?domain_id=default")
                            .body()
                            .get("limits"))
                    .hasSize(1);
            var seen = house.as(house.demo(), "GET", "/v3/limits").body().get("limits");
            assertThat(seen.findValuesAsString("project_id")).containsExactly(demo);
            var mine = "/v3/limits/" + own.get("id").asString();
            assertThat(house.as(house.demo(), "GET", mine).status()).isEqualTo(200);
            assertThat(house.as(
                                    house.demo(),
                                    "GET",
                                    "/v3/limits/"
                                            + made.body().at("/limits/1/id").asString())
                            .status())
                    .isEqualTo(403);
            var changed = house.as(admin, "PATCH", mine, "{\"limit\": {\"resource_limit\": 0}}");
            assertThat(changed.body().at("/limit/resource_limit").asInt(-9)).isEqualTo(0);

            var path = "/v3/registered_limits/" + registered;
            var refused = house.as(admin, "DELETE", path);
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.message())
                    .isEqualTo("Unable to update or delete registered limit " + registered
                            + " because there are project limits associated with it.");
            assertThat(house.as(admin, "PATCH", path, "{\"registered_limit\": {\"default_limit\": 1}}")
                            .status())
                    .isEqualTo(403);
            house.as(admin, "DELETE", "/v3/projects/" + other);
            house.as(admin, "DELETE", mine);
            house.as(
                    admin,
                    "DELETE",
                    "/v3/limits/" + made.body().at("/limits/2/id").asString());
            assertThat(house.as(admin, "DELETE", path).status()).isEqualTo(204);
            assertThat(house.as(admin, "GET", "/v3/limits/model")
                            .body()
                            .at("/model/name")
                            .asString())
                    .isEqualTo("flat");
        }
    }

    @Test
    void limits_whenStrictTwoLevel_keepProjectsBelowTheirDomain() {
        try (var house = House.sqlite(directory, "[unified_limit]\nenforcement_model = strict_two_level\n")) {
            admin = house.admin();
            assertThat(house.as(admin, "GET", "/v3/limits/model")
                            .body()
                            .at("/model/name")
                            .asString())
                    .isEqualTo("strict_two_level");
            var service = made(house, "services", "service", "\"type\": \"t\"");
            var top = made(house, "domains", "domain", "\"name\": \"top\"");
            var below = made(house, "projects", "project", "\"name\": \"b\", " + domain(top));
            register(house, registered(service, "null", "cores", 10));
            var tooMuch = limits(house, limit(service, project(below), "cores", 11));
            assertThat(tooMuch.status()).isEqualTo(403);
            assertThat(tooMuch.message()).contains("doesn't satisfy current hierarchy model");
            assertThat(limits(
                                    house,
                                    limit(service, project(below), "cores", 15),
                                    limit(service, domain(top), "cores", 12))
                            .status())
                    .isEqualTo(403);
            var both = limits(
                    house, limit(service, project(below), "cores", 15), limit(service, domain(top), "cores", 20));
            assertThat(both.status()).as(both.body().toString()).isEqualTo(201);
            var ofProject = "/v3/limits/" + both.body().at("/limits/0/id").asString();
            var ofDomain = "/v3/limits/" + both.body().at("/limits/1/id").asString();
            assertThat(house.as(admin, "PATCH", ofProject, "{\"limit\": {\"resource_limit\": 21}}")
                            .status())
                    .isEqualTo(403);
            assertThat(house.as(admin, "PATCH", ofDomain, "{\"limit\": {\"resource_limit\": 14}}")
                            .status())
                    .isEqualTo(403);
            assertThat(house.as(admin, "PATCH", ofDomain, "{\"limit\": {\"resource_limit\": 15}}")
                            .status())
                    .isEqualTo(200);
            var second = made(house, "projects", "project", "\"name\": \"c\", \"parent_id\": \"" + below + "\"");
            var third = "{\"project\": {\"name\": \"d\", \"parent_id\": \"" + second + "\"}}";
            assertThat(house.as(admin, "POST", "/v3/projects", third).status()).isEqualTo(403);
        }
    }
}
