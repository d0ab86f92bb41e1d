package cloud.yun.host.net;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.host.RealHost;
import cloud.yun.host.process.CommandFailed;
import cloud.yun.host.process.Commands;
import cloud.yun.testing.Requirement;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class NetworkFactsTest {
    @Test
    @Tag("host")
    @Requirement("S1.158")
    void read_ofThisHost_triesEverythingAndLeavesNothing() {
        RealHost.assumeRoot();
        RealHost.assumeInstalled("ip", "nft", "nsenter", "sysctl");
        var name = RealHost.unique("yt");
        var facts = NetworkFacts.read(Commands.system(), name);
        assertThat(facts)
                .extracting(f -> f.what().replaceAll(" .*", ""))
                .containsExactly("bridges", "VXLAN", "connection", "forwarding", "sources");
        // The suites of this host need the first four.
        assertThat(facts.subList(0, 4)).allMatch(NetworkFacts.Fact::good);
        assertThat(HostNetwork.root(Commands.system()).namespaces()).doesNotContain(name);
    }

    @Test
    @Requirement("S1.158")
    void read_whereSomethingIsMissing_saysWhat() {
        Commands poor = command -> {
            var words = command.toString();
            if (words.contains("vxlan") || words.contains("nft") || words.contains("ip_forward"))
                throw CommandFailed.exit(command, 2, "Operation not supported");
            return new Commands.Result(0, words.contains("rp_filter") ? "1\n" : "", "");
        };
        assertThat(NetworkFacts.read(poor, "x").stream()
                        .filter(f -> !f.good())
                        .map(f -> f.what().replaceAll(" .*", "")))
                .containsExactly("VXLAN", "connection", "forwarding", "sources");
        assertThat(NetworkFacts.read(poor, "x").get(1).why()).contains("Operation not supported");
    }
}
