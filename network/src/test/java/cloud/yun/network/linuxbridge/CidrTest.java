package cloud.yun.network.linuxbridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CidrTest {
    @Test
    void of_clearsHostBits_andWritesAnew() {
        assertThat(Cidr.of("10.1.2.3/8")).hasToString("10.0.0.0/8");
        assertThat(Cidr.of("10.1.2.3")).hasToString("10.1.2.3");
        assertThat(Cidr.of("0.0.0.0/0")).hasToString("0.0.0.0/0");
        assertThat(Cidr.of("fd00::1:2/64").address()).isEqualTo("fd00:0:0:0:0:0:0:0");
        assertThat(Cidr.of("255.255.255.255/32").address()).isEqualTo("255.255.255.255");
        assertThat(Cidr.of("10.0.0.0/31").prefix()).isEqualTo(31);
    }

    @Test
    void of_anythingElse_isRefused() {
        for (String text :
                List.of("", "10.0.0", "10.0.0.0/33", "10.0.0.0/-1", "::/129", "10.0.0.0/x", "a.b", "10.0.0.1 ; x")) {
            assertThatThrownBy(() -> Cidr.of(text)).as(text).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void disjoint_keepsTheLargest() {
        var blocks = Stream.of(
                        "10.0.0.5", "10.0.0.0/8", "10.2.0.0/16", "10.0.0.0/8", "11.0.0.1", "fd00::/64", "fd00::9")
                .map(Cidr::of)
                .toList();
        assertThat(Cidr.disjoint(blocks))
                .extracting(Cidr::toString)
                .containsExactlyInAnyOrder("10.0.0.0/8", "11.0.0.1", "fd00:0:0:0:0:0:0:0/64");
    }

    @Test
    void linkLocal_isMadeOfTheMac() {
        assertThat(PortRules.linkLocal("fa:16:3e:01:02:03")).isEqualTo("fe80::f816:3eff:fe01:0203");
    }
}
