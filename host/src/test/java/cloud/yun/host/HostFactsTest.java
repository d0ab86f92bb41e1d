package cloud.yun.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cloud.yun.host.process.CommandFailed;
import cloud.yun.host.process.Commands;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostFactsTest {
    private static final Path KVM = Path.of("/dev/kvm");

    @Test
    void read_tellsWhatIsThere(@TempDir Path directory) {
        Commands none = command -> {
            throw CommandFailed.exit(command, 1, "no guest here");
        };
        var facts = HostFacts.read(none, directory);
        assertThat(facts.cpus()).isPositive();
        assertThat(facts.memoryMib()).isGreaterThanOrEqualTo(facts.memoryFreeMib());
        assertThat(facts.diskGib()).isGreaterThanOrEqualTo(facts.diskFreeGib());
        assertThat(facts.kernel()).matches("[0-9]+\\..*");
        assertThat(facts.kvm().works()).isFalse();
    }

    @Test
    void kvm_thatLacksCpuFeatures_doesNotWork() {
        assumeTrue(Files.isWritable(KVM), "skipped: no /dev/kvm that may be opened");
        Commands poor = command -> new Commands.Result(
                67, "", command.toString().contains("kvm") ? "warning: host doesn't support requested feature: x" : "");
        assertThat(HostFacts.kvm(poor).works()).isFalse();
        Commands fine = _ -> new Commands.Result(67, "", "");
        assertThat(HostFacts.kvm(fine).works()).isTrue();
    }

    @Test
    void kvm_isTriedOut_andSaysWhy() {
        RealHost.assumeInstalled("qemu-system-x86_64");
        var kvm = HostFacts.kvm(Commands.system());
        assertThat(kvm.why()).isNotEmpty();
        if (!Files.exists(KVM)) assertThat(kvm.works()).isFalse();
    }
}
