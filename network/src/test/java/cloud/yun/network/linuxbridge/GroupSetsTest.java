package cloud.yun.network.linuxbridge;

import static cloud.yun.network.linuxbridge.Lab.fromGroup;
import static cloud.yun.network.linuxbridge.Lab.local;
import static cloud.yun.network.linuxbridge.Lab.pairs;
import static cloud.yun.network.linuxbridge.Lab.port;
import static cloud.yun.network.linuxbridge.Lab.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.yun.host.process.CommandFailed;
import cloud.yun.network.driver.NetworkDriver.Group;
import cloud.yun.network.driver.NetworkDriver.Port;
import cloud.yun.testing.Requirement;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real packets of members and strangers to a guest that lets in the members of a group. No port is told of a change.
@Tag("host")
class GroupSetsTest {
    private static final String MEMBER = "10.7.0.11";
    private static final String GUEST = "10.7.0.12";
    private static final String STRANGER = "10.7.0.13";

    @TempDir
    Path directory;

    private Lab lab;
    private Lab.Host host;
    private LinuxBridgeDriver driver;
    private String group;
    private Port guest;
    private Port stranger;
    private Lab.Guest member;
    private Lab.Guest other;

    @BeforeEach
    void prepare() {
        lab = new Lab(directory);
        host = lab.host();
        driver = host.driver();
        var segment = local(Lab.id());
        group = Lab.id();
        guest = port(segment, GUEST);
        stranger = port(segment, STRANGER);
        var first = port(segment, MEMBER);
        lab.guest(host, guest).address(GUEST + "/24").address("fd00:7::12/64");
        member = lab.guest(host, first).address(MEMBER + "/24");
        other = lab.guest(host, stranger).address(STRANGER + "/24");
        driver.plug(Lab.open(guest));
        driver.plug(first);
        driver.plug(stranger);
        Lab.awaitPath(member, GUEST);
        Lab.awaitPath(other, GUEST);
    }

    @AfterEach
    void cleanUp() {
        lab.close();
    }

    private void guestLetsTheGroupIn() {
        driver.update(with(guest, fromGroup(group, "IPv4"), fromGroup(group, "IPv6")));
        host.net().forgetConnections(GUEST);
    }

    @Test
    @Requirement("S3.251")
    void packet_whenItsSenderIsAMember_passesAndElseNot() {
        driver.applyGroup(new Group(group, Set.of(MEMBER, GUEST, "fd00:7::12")));
        guestLetsTheGroupIn();
        assertThat(member.pings(GUEST)).isTrue();
        assertThat(other.pingsOnce(GUEST)).isFalse();

        driver.changeGroup(group, Set.of(STRANGER), Set.of());
        assertThat(other.pings(GUEST)).as("a later member").isTrue();
        assertThat(member.pings(GUEST)).isTrue();

        // One connection (ICMP with a fixed identifier is one) that goes on until its end is no member any more.
        assertThat(other.run("ping", "-n", "-e", "77", "-c", "1", "-W", "1", GUEST))
                .isTrue();
        driver.changeGroup(group, Set.of(), Set.of(STRANGER, "10.7.0.99"));
        assertThat(other.run("ping", "-n", "-e", "77", "-c", "1", "-W", "1", GUEST))
                .isFalse();
        assertThat(member.pings(GUEST)).isTrue();

        driver.applyGroup(new Group(group, Set.of(GUEST)));
        assertThat(member.pingsOnce(GUEST)).as("left in a whole state").isFalse();
    }

    @Test
    void packet_whenItsSenderIsInAMembersPair_passes() {
        driver.applyGroup(new Group(group, Set.of(MEMBER)));
        guestLetsTheGroupIn();
        driver.update(pairs(stranger, stranger.mac() + ",10.7.0.48/29"));
        other.address("10.7.0.50/24");
        var ping = new String[] {"ping", "-n", "-I", "10.7.0.50", "-c", "3", "-i", "0.2", "-W", "1", GUEST};
        assertThat(other.run(ping)).isFalse();
        driver.applyGroup(new Group(group, Set.of(MEMBER, "10.7.0.48/29", "10.7.0.48/28", "10.7.0.49", "::/0")));
        assertThat(other.run(ping)).isTrue();
        assertThat(member.pings(GUEST)).isTrue();
        driver.applyGroup(new Group(group, Set.of(MEMBER)));
        assertThat(other.run(ping)).isFalse();
        assertThat(member.pings(GUEST)).isTrue();
    }

    @Test
    void group_whenRulesNameIt_staysAndElseGoes() {
        var named = with(guest, fromGroup(group, "IPv4"));
        assertThatThrownBy(() -> driver.update(named)).isInstanceOf(CommandFailed.class);
        driver.applyGroup(new Group(group, Set.of(MEMBER)));
        driver.applyGroup(new Group(group, Set.of(MEMBER)));
        driver.update(named);
        driver.removeGroup(group);
        assertThat(driver.inventory().groups()).containsExactly(group);
        assertThat(member.pings(GUEST)).isTrue();
        driver.update(guest);
        driver.removeGroup(group);
        driver.removeGroup(group);
        assertThat(driver.inventory().groups()).isEmpty();
        assertThatThrownBy(() -> driver.changeGroup(group, Set.of(MEMBER), Set.of()))
                .isInstanceOf(CommandFailed.class);
    }
}
