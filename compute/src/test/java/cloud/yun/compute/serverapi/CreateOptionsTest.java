package cloud.yun.compute.serverapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.yun.compute.api.ComputeApi;
import cloud.yun.compute.api.ComputeApi.Answer;
import cloud.yun.compute.fake.TestCloud;
import cloud.yun.kernel.config.Config;
import cloud.yun.network.ServerPorts;
import cloud.yun.testing.Requirement;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What the configuration says of new servers.
class CreateOptionsTest {
    private static final String BLANK =
            ",'block_device_mapping_v2':[{'boot_index':0,'source_type':'image','destination_type':'local','uuid':'%s'},"
                    + "{'boot_index':-1,'source_type':'blank','destination_type':'local'}]";

    private static Answer create(TestCloud cloud, ComputeApi api, String more) {
        var body = "{'server':{'name':'s','imageRef':'%s','flavorRef':'1'%s}}";
        var image = cloud.image();
        return api.post("demo", "2.1", "/v2.1/servers", body.formatted(image, more.formatted(image)));
    }

    private static List<ServerPorts.Port> ports(TestCloud cloud, String serverId) {
        return cloud.db.read(tx -> cloud.ports.ofServer(tx, serverId));
    }

    @Test
    @Requirement({"S2.19", "S2.20", "S4.13"})
    void networksAndPasswords_areAsConfigured() {
        try (var cloud = TestCloud.sqlite("""
                        [DEFAULT]
                        use_neutron = true
                        use_neutron_default_nets = false
                        [api]
                        enable_instance_password = false
                        """, 1);
                var api = new ComputeApi(cloud.db, (_, _) -> List.of(cloud.part))) {
            var quiet = create(cloud, api, "");
            assertThat(quiet.body().path("server").has("adminPass")).isFalse();
            var id = quiet.body().path("server").path("id").asString();
            assertThat(ports(cloud, id)).isEmpty();
        }
        try (var cloud = TestCloud.sqlite();
                var api = new ComputeApi(cloud.db, (_, _) -> List.of(cloud.part))) {
            var made = create(cloud, api, "").body().path("server");
            assertThat(made.path("adminPass").asString()).hasSize(12);
            var id = made.path("id").asString();
            assertThat(ports(cloud, id)).hasSize(1);
            assertThat(create(cloud, api, ",'adminPass':'mine'")
                            .body()
                            .path("server")
                            .path("adminPass")
                            .asString())
                    .isEqualTo("mine");
        }
        assertThatThrownBy(() -> TestCloud.sqlite("[DEFAULT]\nuse_neutron = false\n", 1))
                .isInstanceOf(Config.Wrong.class)
                .hasMessageContaining("use_neutron = false");
    }

    @Test
    @Requirement("S2.21")
    void localDisks_areAsManyAsConfigured() {
        for (int max : new int[] {0, 1, -1})
            try (var cloud = TestCloud.sqlite("[DEFAULT]\nmax_local_block_devices = " + max + "\n", 1);
                    var api = new ComputeApi(cloud.db, (_, _) -> List.of(cloud.part))) {
                assertThat(create(cloud, api, "").status()).as("one, of " + max).isEqualTo(max == 0 ? 400 : 202);
                assertThat(create(cloud, api, BLANK).status())
                        .as("two, of " + max)
                        .isEqualTo(max < 0 ? 202 : 400);
            }
    }
}
