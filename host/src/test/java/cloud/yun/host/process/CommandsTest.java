package cloud.yun.host.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandsTest {
    private final Commands commands = Commands.system();

    @Test
    void run_whenItWritesBothStreams_capturesBoth() {
        var result = commands.run(Command.of("sh", "-c", "cat; echo oops >&2").stdin("hello\n"));
        assertThat(result.stdout()).isEqualTo("hello\n");
        assertThat(result.stderr()).isEqualTo("oops\n");
    }

    @Test
    void run_whenOutputIsLargerThanAPipe_doesNotBlock() {
        byte[] input = new byte[3_000_000];
        java.util.Arrays.fill(input, (byte) 'x');
        assertThat(commands.run(Command.of("cat").stdin(input)).stdout()).hasSize(input.length);
    }

    @Test
    void run_whenInputIsNotRead_isJudgedByTheExitCode() {
        assertThat(commands.run(Command.of("true").stdin(new byte[2_000_000])).exitCode())
                .isZero();
    }

    @Test
    void run_whenItFails_tellsProgramCodeAndStderr() {
        var failed = catchThrowableOfType(
                CommandFailed.class, () -> commands.run(Command.of("sh", "-c", "echo bad thing >&2; exit 7")));
        assertThat(failed.program()).isEqualTo("sh");
        assertThat(failed.exitCode()).hasValue(7);
        assertThat(failed.stderrTail()).isEqualTo("bad thing\n");
        assertThat(failed).hasMessageContaining("exit 7").hasMessageContaining("bad thing");
    }

    @Test
    void run_whenExitCodeIsAccepted_returnsIt() {
        assertThat(commands.run(Command.of("sh", "-c", "exit 7").accept(0, 7)).exitCode())
                .isEqualTo(7);
    }

    @Test
    void run_whenAnArgumentIsSecret_showsItNowhere() {
        var command =
                Command.of("sh", "-c", "echo \"no access with $0\" >&2; exit 1").withSecret("pa55word");
        assertThatThrownBy(() -> commands.run(command))
                .hasMessageContaining("no access with ***")
                .hasMessageNotContaining("pa55word");
        assertThat(command.toString()).doesNotContain("pa55word");
    }

    @Test
    void run_whenDeadlinePasses_killsTheWholeTree(@TempDir Path directory) throws Exception {
        var pids = directory.resolve("pid");
        var command = Command.of("sh", "-c", "sleep 300 & echo $! > " + pids + "; wait")
                .deadline(Duration.ofMillis(500));
        var failed = catchThrowableOfType(CommandFailed.class, () -> commands.run(command));
        assertThat(failed.timedOut()).isTrue();
        long child = Long.parseLong(java.nio.file.Files.readString(pids).strip());
        org.awaitility.Awaitility.await()
                .until(() ->
                        ProcessHandle.of(child).filter(ProcessHandle::isAlive).isEmpty());
    }

    @Test
    void run_whenNotInstalled_saysSo() {
        assertThatThrownBy(() -> commands.run(Command.of("no-such-program-here")))
                .isInstanceOf(CommandFailed.class)
                .hasMessageContaining("is not installed");
    }
}
