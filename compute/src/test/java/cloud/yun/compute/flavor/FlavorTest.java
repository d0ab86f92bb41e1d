package cloud.yun.compute.flavor;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.compute.api.ComputeApi;
import cloud.yun.kernel.db.Database;
import cloud.yun.testing.Requirement;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

class FlavorTest {
    enum Kind {
        SQLITE,
        POSTGRESQL
    }

    private ComputeApi api;

    private void start(Kind kind) {
        Database db = kind == Kind.SQLITE ? ComputeApi.sqlite() : ComputeApi.postgresql();
        api = new ComputeApi(
                db,
                (d, policy) ->
                        List.of(new FlavorRoutes(new FlavorService(d, Clock.systemUTC()), policy, UUID::randomUUID)));
    }

    @AfterEach
    void stop() {
        api.close();
    }

    private static List<String> ids(JsonNode flavors) {
        return StreamSupport.stream(flavors.spliterator(), false)
                .map(f -> f.path("id").asString())
                .toList();
    }

    @Requirement("S3.69")
    @ParameterizedTest
    @EnumSource
    void list_whenCloudIsNew_showsStandardFlavors(Kind kind) {
        start(kind);
        var all = api.get("demo", "2.1", "/v2.1/flavors");
        assertThat(all.status()).isEqualTo(200);
        assertThat(ids(all.body().path("flavors"))).containsExactly("1", "2", "3", "4", "42", "5", "84");
        var nano = all.body().path("flavors").get(4);
        assertThat(nano.path("links").get(0).path("href").asString()).isEqualTo(api.url() + "/v2.1/flavors/42");
        assertThat(nano.path("links").get(1).path("href").asString()).isEqualTo(api.url() + "/flavors/42");
        var detail = api.get("demo", "2.1", "/v2.1/flavors/detail")
                .body()
                .path("flavors")
                .get(4);
        assertThat(detail.path("ram").asInt()).isEqualTo(128);
        assertThat(detail.path("swap").asString()).isEmpty();
        assertThat(detail.has("description")).isFalse();
        assertThat(api.get("demo", "2.75", "/v2.1/flavors/42")
                        .body()
                        .path("flavor")
                        .path("swap")
                        .isInt())
                .isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void list_whenFilteredSortedAndPaged_givesThatPart(Kind kind) {
        start(kind);
        var page = api.get("demo", "2.1", "/v2.1/flavors?minRam=1000&limit=2").body();
        assertThat(ids(page.path("flavors"))).containsExactly("2", "3");
        assertThat(page.path("flavors_links").get(0).path("href").asString())
                .isEqualTo(api.url() + "/v2.1/flavors?limit=2&minRam=1000&marker=3");
        assertThat(ids(api.get("demo", "2.1", "/v2.1/flavors?minRam=1000&limit=2&marker=3")
                        .body()
                        .path("flavors")))
                .containsExactly("4", "5");
        assertThat(ids(api.get("demo", "2.1", "/v2.1/flavors?sort_key=memory_mb&sort_dir=desc&minDisk=20")
                        .body()
                        .path("flavors")))
                .containsExactly("5", "4", "3", "2");
        assertThat(api.get("demo", "2.1", "/v2.1/flavors?minRam=zz").message()).isEqualTo("Invalid minRam filter [zz]");
        assertThat(api.get("demo", "2.1", "/v2.1/flavors?limit=-1").message())
                .isEqualTo("Invalid input for query parameters limit. Value: -1. '-1' does not match '^[0-9]*$'");
        assertThat(api.get("demo", "2.1", "/v2.1/flavors?marker=zz").message()).isEqualTo("marker [zz] not found");
        assertThat(api.get("demo", "2.75", "/v2.1/flavors?zz=1").status()).isEqualTo(400);
        assertThat(api.get("demo", "2.74", "/v2.1/flavors?zz=1").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @EnumSource
    void create_whenBodyIsWrong_saysSoInNovasWords(Kind kind) {
        start(kind);
        assertThat(api.post("admin", "2.1", "/v2.1/flavors", "{'flavor':{'name':'x','vcpus':1,'disk':1}}")
                        .message())
                .isEqualTo("Invalid input for field/attribute flavor. Value: {'name': 'x', 'vcpus': 1, 'disk': 1}."
                        + " 'ram' is a required property");
        assertThat(api.post(
                                "admin",
                                "2.1",
                                "/v2.1/flavors",
                                "{'flavor':{'name':'x','ram':1,'vcpus':1,'disk':1,'foo':1}}")
                        .message())
                .endsWith("Additional properties are not allowed ('foo' was unexpected)");
        var refused = api.post("demo", "2.1", "/v2.1/flavors", "{'flavor':{'name':'x','ram':1,'vcpus':1,'disk':1}}");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.message())
                .isEqualTo("Policy doesn't allow os_compute_api:os-flavor-manage:create to be performed.");
        var made = "{'flavor':{'name':'%s','ram':'64','vcpus':1,'disk':0,'id':'%s'}}";
        assertThat(api.post("admin", "2.1", "/v2.1/flavors", made.formatted("n1", "i1"))
                        .status())
                .isEqualTo(200);
        assertThat(api.post("admin", "2.1", "/v2.1/flavors", made.formatted("n2", "i1"))
                        .message())
                .isEqualTo("Flavor with ID i1 already exists.");
        assertThat(api.post("admin", "2.1", "/v2.1/flavors", made.formatted("n1", "i2"))
                        .message())
                .isEqualTo("Flavor with name n1 already exists.");
        assertThat(api.post("admin", "2.1", "/v2.1/flavors", made.formatted("n3", "auto"))
                        .body()
                        .path("flavor")
                        .path("id")
                        .asString())
                .hasSize(36);
        assertThat(api.delete("admin", "2.1", "/v2.1/flavors/i1").status()).isEqualTo(202);
        assertThat(api.delete("admin", "2.1", "/v2.1/flavors/i1").message()).isEqualTo("Flavor i1 could not be found.");
    }

    @ParameterizedTest
    @EnumSource
    void description_whenMicroversionHasIt_isShownAndChanged(Kind kind) {
        start(kind);
        var body = "{'flavor':{'name':'d','ram':64,'vcpus':1,'disk':0,'id':'d','description':'one'}}";
        assertThat(api.post("admin", "2.54", "/v2.1/flavors", body).status()).isEqualTo(400);
        assertThat(api.post("admin", "2.55", "/v2.1/flavors", body)
                        .body()
                        .path("flavor")
                        .path("description")
                        .asString())
                .isEqualTo("one");
        var changed = api.put("admin", "2.61", "/v2.1/flavors/d", "{'flavor':{'description':'two'}}");
        assertThat(changed.body().path("flavor").path("description").asString()).isEqualTo("two");
        assertThat(changed.body().path("flavor").path("extra_specs").isObject()).isTrue();
        assertThat(api.put("admin", "2.54", "/v2.1/flavors/d", "{'flavor':{'description':'two'}}")
                        .status())
                .isEqualTo(404);
    }

    @ParameterizedTest
    @EnumSource
    void extraSpecs_whenSetShownAndDeleted_areInTheFlavor(Kind kind) {
        start(kind);
        var specs = "/v2.1/flavors/42/os-extra_specs";
        assertThat(api.post("admin", "2.1", specs, "{'extra_specs':{'hw:cpu_policy':'shared'}}")
                        .body()
                        .toString())
                .isEqualTo("{\"extra_specs\":{\"hw:cpu_policy\":\"shared\"}}");
        assertThat(api.post("admin", "2.93", specs, "{'extra_specs':{'hw:cpu_policy':'zz'}}")
                        .message())
                .isEqualTo("Validation failed; 'zz' is not one of: dedicated, shared, mixed.");
        assertThat(api.put("admin", "2.1", specs + "/k1", "{'k1':'v1'}").body().toString())
                .isEqualTo("{\"k1\":\"v1\"}");
        assertThat(api.put("admin", "2.1", specs + "/k1", "{'k2':'v1'}").message())
                .isEqualTo("Request body and URI mismatch");
        assertThat(api.get("demo", "2.1", specs + "/k1").body().path("k1").asString())
                .isEqualTo("v1");
        assertThat(api.get("demo", "2.61", "/v2.1/flavors/42")
                        .body()
                        .path("flavor")
                        .path("extra_specs")
                        .size())
                .isEqualTo(2);
        assertThat(api.delete("admin", "2.1", specs + "/k1").status()).isEqualTo(200);
        assertThat(api.delete("admin", "2.1", specs + "/k1").message())
                .isEqualTo("Flavor 42 has no extra specs with key k1.");
        assertThat(api.delete("demo", "2.1", specs + "/hw:cpu_policy").status()).isEqualTo(403);
    }

    @ParameterizedTest
    @EnumSource
    void privateFlavor_whenProjectHasNoAccess_isHidden(Kind kind) {
        start(kind);
        api.post(
                "admin",
                "2.1",
                "/v2.1/flavors",
                "{'flavor':{'name':'p','ram':64,'vcpus':1,'disk':0,'id':'p','os-flavor-access:is_public':false}}");
        assertThat(api.get("demo", "2.1", "/v2.1/flavors/p").status()).isEqualTo(404);
        assertThat(ids(api.get("admin", "2.1", "/v2.1/flavors").body().path("flavors")))
                .doesNotContain("p");
        assertThat(ids(api.get("admin", "2.1", "/v2.1/flavors?is_public=None")
                        .body()
                        .path("flavors")))
                .contains("p");
        assertThat(ids(api.get("admin", "2.1", "/v2.1/flavors?is_public=false")
                        .body()
                        .path("flavors")))
                .containsExactly("p");
        var add = "{'addTenantAccess':{'tenant':'" + ComputeApi.DEMO_PROJECT + "'}}";
        assertThat(api.post("admin", "2.1", "/v2.1/flavors/p/action", add)
                        .body()
                        .path("flavor_access")
                        .size())
                .isEqualTo(1);
        var twice = api.post("admin", "2.1", "/v2.1/flavors/p/action", add);
        assertThat(twice.status()).isEqualTo(409);
        assertThat(twice.message()).matches("Flavor access already exists for flavor \\d+ and project d+ combination.");
        assertThat(api.get("demo", "2.1", "/v2.1/flavors/p").status()).isEqualTo(200);
        assertThat(ids(api.get("demo", "2.1", "/v2.1/flavors").body().path("flavors")))
                .contains("p");
        assertThat(api.get("admin", "2.1", "/v2.1/flavors/42/os-flavor-access").message())
                .isEqualTo("Access list not available for public flavors.");
        var remove = add.replace("add", "remove");
        assertThat(api.post("admin", "2.1", "/v2.1/flavors/p/action", remove)
                        .body()
                        .toString())
                .isEqualTo("{\"flavor_access\":[]}");
        assertThat(api.post("admin", "2.1", "/v2.1/flavors/p/action", remove).status())
                .isEqualTo(404);
    }

    @ParameterizedTest
    @EnumSource
    void seed_whenOperatorDeletedAStandardFlavor_doesNotBringItBack(Kind kind) {
        start(kind);
        api.delete("admin", "2.1", "/v2.1/flavors/5");
        new FlavorService(api.db(), Clock.systemUTC()).seed();
        assertThat(api.get("admin", "2.1", "/v2.1/flavors/5").status()).isEqualTo(404);
    }
}
