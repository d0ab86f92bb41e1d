package cloud.yun.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SmokeTest {
    @TempDir
    Path directory;

    @Test
    void server_whenItsPortsArePlugged_hasThemOnTheHostAndActive() {
        try (var cloud = Cloud.sqlite(directory)) {
            var net = cloud.make("demo", "networks", "network", "'name': 'n'")
                    .path("id")
                    .asString();
            cloud.make(
                    "demo", "subnets", "subnet", "'network_id': '" + net + "', 'ip_version': 4, 'cidr': '10.1.0.0/24'");
            var ports = cloud.module.serverPorts();
            var demo = Cloud.caller("demo", Cloud.DEMO, List.of("member"));
            var made = cloud.db.transaction(tx -> {
                var list = ports.allocate(tx, demo, "server-1", ports.standard(tx, demo), List.of());
                ports.bind(tx, "server-1", Cloud.HOST);
                return list;
            });
            assertThat(made).hasSize(1);
            ports.plug(made.getFirst().id(), Cloud.HOST);
            var port = cloud.driver.ports().get(made.getFirst().id());
            assertThat(port.fixedIps()).hasSize(1);
            assertThat(port.rules()).isNotEmpty();
            assertThat(cloud.get("demo", "/v2.0/ports/" + made.getFirst().id())
                            .at("/port/status")
                            .asString())
                    .isEqualTo("ACTIVE");
            cloud.settled();
            assertThat(cloud.driver.dhcp().get(net).hosts()).hasSize(1);
            ports.unplug(made.getFirst().id(), Cloud.HOST);
            cloud.db.write(tx -> ports.releaseAll(tx, "server-1"));
            cloud.settled();
            assertThat(cloud.driver.ports()).isEmpty();
            assertThat(cloud.driver.dhcp().get(net).hosts()).isEmpty();
        }
    }
}
