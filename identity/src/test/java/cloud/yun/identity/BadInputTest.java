package cloud.yun.identity;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.kernel.http.Route;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BadInputTest {
    private static final String NOBODY = "0123456789abcdef0123456789abcdef";
    private static final List<String> EVERYBODYS = List.of("GET /v3/regions", "GET /v3/registered_limits");
    private static final Pattern LOOKED_FOR_FIRST = Pattern.compile(
            "DELETE /v3/(domains|groups)/\\{\\w+}|\\w+ /v3/roles/.*|.*/(users|groups)/\\{\\w+}/roles(/.*)?|\\w+ /v3/OS-TRUST/.*|.*/OS-EC2/.*");
    private static final List<String> BODIES = List.of(
            "{",
            "[]",
            "7",
            "null",
            "\"x\"",
            "{}",
            "{\"x\": {}}",
            "{\"user\": 1, \"project\": [], \"domain\": null, \"group\": \"g\", \"role\": true, \"service\": 1.5,"
                    + " \"endpoint\": [], \"region\": 7, \"credential\": 0, \"application_credential\": \"a\","
                    + " \"tags\": {}, \"auth\": \"b\", \"tenant_id\": []}",
            "{\"user\": {\"name\": 7}, \"project\": {\"name\": \" \"}, \"domain\": {\"name\": \"\"}, \"group\":"
                    + " {\"name\": null}, \"role\": {\"name\": []}, \"service\": {\"type\": 3}, \"endpoint\":"
                    + " {\"url\": {}}, \"region\": {\"id\": 5}, \"credential\": {\"blob\": 1},"
                    + " \"application_credential\": {\"name\": {}}, \"tags\": [1], \"auth\": {\"identity\": 3},"
                    + " \"tenant_id\": null}");

    @TempDir
    Path directory;

    private static String path(Route route) {
        return route.path().replaceAll("\\{[^}]*}", NOBODY);
    }

    @Test
    void bodies_whenOfAnyShape_neverBreakARoute() {
        try (var house = House.sqlite(directory)) {
            var admin = house.admin();
            for (var route : house.module.routes()) {
                if (!List.of("POST", "PUT", "PATCH").contains(route.method())) continue;
                for (var body : BODIES) {
                    var answer = house.as(admin, route.method(), path(route), body);
                    assertThat(answer.status())
                            .as(route.method() + " " + route.path() + " " + body + " " + answer.body())
                            .isBetween(201, 499);
                }
                if (!route.schemas().isEmpty())
                    assertThat(house.as(admin, route.method(), path(route), "{").status())
                            .isEqualTo(400);
            }
            var roles = house.as(admin, "GET", "/v3/roles").body().get("roles");
            assertThat(roles.findValuesAsString("name"))
                    .containsExactlyInAnyOrder(
                            "admin",
                            "manager",
                            "member",
                            "reader",
                            "service",
                            "project_admin",
                            "monitor",
                            "ResellerAdmin");
        }
    }

    @Test
    void routes_whenWithoutToken_are401_andWithUnknownIds404() {
        try (var house = House.sqlite(directory)) {
            var admin = house.admin();
            var demo = house.demo();
            var wrong = new java.util.ArrayList<String>();
            for (var route : house.module.routes()) {
                if (route.access() == Route.Access.OPEN) continue;
                var path = path(route);
                var name = route.method() + " " + route.path();
                assertThat(house.send(route.method(), path, "").status())
                        .as(name)
                        .isEqualTo(401);
                assertThat(house.as("gAAAAAnonsense", route.method(), path).status())
                        .as(name)
                        .isEqualTo(401);
                if (!path.contains(NOBODY) || List.of("POST", "PUT", "PATCH").contains(route.method())) continue;
                var answer = house.as(admin, route.method(), path);
                // A group of options that a domain cannot have is refused, whoever asks; access rules are for their
                // user and the system's readers.
                boolean refused = route.path().startsWith("/v3/domains/config/")
                        || route.path().contains("/access_rules");
                int unknown = refused ? 403 : 404;
                // The access tokens of a user, and the protocols of a provider, who is not there are none.
                if (route.path().endsWith("/access_tokens") || route.path().endsWith("/protocols")) unknown = 200;
                if (answer.status() != unknown) wrong.add("admin " + name + " " + answer.status());
                // What is not there looks to others like what they may not see. Some things are for everybody; and for
                // some, Keystone looks before it asks the rule.
                boolean told = EVERYBODYS.stream().anyMatch(name::startsWith)
                        || LOOKED_FOR_FIRST.matcher(name).matches();
                int others = house.as(demo, route.method(), path).status();
                if (others != (told ? 404 : 403)) wrong.add(name + " " + others);
            }
            assertThat(wrong).isEmpty();
        }
    }

    @Test
    void texts_whenTheyHoldNulCharacters_areRefusedOrKept_neverAnError() {
        try (var house = House.postgresql(directory)) {
            var admin = house.admin();
            var user = house.as(admin, "POST", "/v3/users", "{\"user\": {\"name\": \"a\\u0000b\"}}");
            assertThat(user.status()).isEqualTo(400);
            assertThat(house.as(admin, "GET", "/v3/users/a%00b").status()).isBetween(400, 404);
            assertThat(house.as(admin, "GET", "/v3/users?name=a%00b").status()).isEqualTo(400);
        }
    }

    @Test
    void lists_whenAskedForPages_goThroughAllOnce_andRefuseBadMarkers() {
        try (var house = House.sqlite(directory)) {
            var admin = house.admin();
            for (int i = 0; i < 7; i++)
                house.as(admin, "POST", "/v3/users", "{\"user\": {\"name\": \"page" + i + "\"}}");
            var seen = new java.util.ArrayList<String>();
            var path = "/v3/users?name__startswith=page&limit=3";
            while (!path.isEmpty()) {
                var body = house.as(admin, "GET", path).body();
                assertThat(body.get("users").size()).isLessThanOrEqualTo(3);
                seen.addAll(body.get("users").findValuesAsString("name"));
                var next = body.at("/links/next").asString("");
                path = next.isEmpty() ? "" : next.substring(house.url().length());
            }
            assertThat(seen).hasSize(7).doesNotHaveDuplicates();
            assertThat(house.as(admin, "GET", "/v3/users?limit=x").status()).isEqualTo(400);
            assertThat(house.as(admin, "GET", "/v3/users?limit=2&marker=" + NOBODY)
                            .status())
                    .isEqualTo(404);
            assertThat(house.as(admin, "GET", "/v3/users?name__contains=ge%256")
                            .body()
                            .get("users"))
                    .isEmpty();
            assertThat(house.as(admin, "GET", "/v3/users?enabled=false").body().get("users"))
                    .isEmpty();
        }
    }
}
