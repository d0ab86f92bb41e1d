package cloud.yun.compute.version;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.compute.api.ComputeApi;
import cloud.yun.kernel.http.ApiService.Microversions;
import cloud.yun.kernel.http.Microversion;
import cloud.yun.testing.Requirement;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class VersionTest {
    private final ComputeApi api = new ComputeApi(
            ComputeApi.sqlite(),
            (_, _) -> List.of(new VersionRoutes(new Microversions(
                    "compute", Microversion.of("2.1"), Microversion.of("2.103"), Optional.empty(), List.of()))));

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void discovery_withoutToken_saysWhatThereIs() {
        for (var path : List.of("", "/")) {
            var all = api.get("none", "2.1", path);
            assertThat(all.status()).isEqualTo(200);
            var current = all.body().path("versions").get(1);
            assertThat(current.path("id").asString()).isEqualTo("v2.1");
            assertThat(current.path("version").asString()).isEqualTo("2.103");
            assertThat(current.path("links").get(0).path("href").asString()).isEqualTo(api.url() + "/v2.1/");
        }
        for (var path : List.of("/v2.1", "/v2.1/")) {
            var one = api.get("none", "2.1", path).body().path("version");
            assertThat(one.path("min_version").asString()).isEqualTo("2.1");
            assertThat(one.path("media-types").get(0).path("type").asString())
                    .isEqualTo("application/vnd.openstack.compute+json;version=2.1");
        }
        assertThat(api.get("none", "2.1", "/v2/")
                        .body()
                        .path("version")
                        .path("status")
                        .asString())
                .isEqualTo("SUPPORTED");
    }

    @Test
    void extensions_areListedAndShown() {
        var all = api.get("demo", "2.1", "/v2.1/extensions").body().path("extensions");
        assertThat(all.size()).isGreaterThan(80);
        assertThat(api.get("demo", "2.1", "/v2.1/extensions/os-flavor-access")
                        .body()
                        .path("extension")
                        .path("name")
                        .asString())
                .isEqualTo("FlavorAccess");
        assertThat(api.get("demo", "2.1", "/v2.1/extensions/zz").status()).isEqualTo(404);
        assertThat(api.get("none", "2.1", "/v2.1/extensions").status()).isEqualTo(401);
    }

    @Test
    @Requirement({"S2.10", "S3.66"})
    void removedResources_novaNetworksAmongThem_areGone() {
        for (var path : List.of(
                "os-certificates/root",
                "os-fixed-ips/10.0.0.1",
                "os-floating-ips-bulk",
                "os-floating-ip-dns",
                "os-security-group-default-rules",
                "servers/1/os-virtual-interfaces",
                "os-fping",
                "os-cells")) {
            var gone = api.get("demo", "2.1", "/v2.1/" + path);
            assertThat(gone.status()).as(path).isEqualTo(410);
            assertThat(gone.message())
                    .isEqualTo("This resource is no longer available. No forwarding address is given.");
        }
    }
}
