package cloud.yun.network.linuxbridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.yun.kernel.config.Config;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LinuxBridgeConfigTest {
    private static LinuxBridgeConfig of(String text) {
        return LinuxBridgeConfig.from(
                Config.parse(LinuxBridgeConfig.options(), text),
                Path.of("/var/lib/yun/network"),
                Path.of("/var/lib/yun/md"));
    }

    @Test
    void from_nothing_isOneMachineWithAPublicBridge() {
        var config = of("");
        assertThat(config.bridgeMappings()).isEqualTo(Map.of("public", "br-ex"));
        assertThat(config.interfaceMappings()).isEmpty();
        assertThat(config.tunnelAddress()).isEmpty();
        assertThat(config.publicBridge()).contains(new LinuxBridgeConfig.PublicBridge("public", "172.24.4.1/24", true));
        assertThat(config.mark()).isEqualTo("yun");
    }

    @Test
    void from_anOperatorsFile_takesNeutronsOptions() {
        var config = of("""
                [linux_bridge]
                physical_interface_mappings = physnet1:eth1, physnet2:eth2
                bridge_mappings =
                [vxlan]
                local_ip = 192.0.2.7
                udp_dstport = 8472
                arp_responder = true
                [yun]
                public_bridge_cidr =
                """);
        assertThat(config.interfaceMappings()).isEqualTo(Map.of("physnet1", "eth1", "physnet2", "eth2"));
        assertThat(config.bridgeMappings()).isEmpty();
        assertThat(config.tunnelAddress()).contains("192.0.2.7");
        assertThat(config.tunnelPort()).isEqualTo(8472);
        assertThat(config.arpResponder()).isTrue();
        assertThat(config.publicBridge()).isEmpty();
        assertThat(of("[vxlan]\nenable_vxlan = false\nlocal_ip = 192.0.2.7\n").tunnelAddress())
                .isEmpty();
    }

    @Test
    void from_anotherDirectory_bearsAnotherMark() {
        var standard = Config.parse(LinuxBridgeConfig.options(), "");
        var one = LinuxBridgeConfig.from(standard, Path.of("/home/a/.yun/network"), Path.of("/x"));
        var two = LinuxBridgeConfig.from(standard, Path.of("/home/b/.yun/network"), Path.of("/x"));
        assertThat(one.mark()).startsWith("yun-").isNotEqualTo(two.mark());
    }

    @Test
    void from_whatCannotBe_isRefusedInASentence() {
        assertThatThrownBy(() -> of("[linux_bridge]\nbridge_mappings = public\n"))
                .hasMessageContaining("[linux_bridge] bridge_mappings: 'public' is not PHYSICAL_NETWORK:DEVICE");
        assertThatThrownBy(() -> of("[linux_bridge]\nbridge_mappings = public:a-name-that-is-too-long\n"))
                .hasMessageContaining("not a device name");
        assertThatThrownBy(() -> of("[vxlan]\nl2_population = false\n")).hasMessageContaining("leave it true");
        assertThatThrownBy(() -> of("[yun]\npublic_bridge_cidr = 10.0.0\n")).hasMessageContaining("10.0.0");
    }
}
