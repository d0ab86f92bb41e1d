package cloud.yun.host.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DaemonTest {
    @TempDir
    Path directory;

    private Daemon daemon;

    @BeforeEach
    void prepare() {
        daemon = new Daemon(
                "sleeper", directory.resolve("run/sleeper.pid"), directory.toString(), directory.resolve("log"));
    }

    @AfterEach
    void stop() {
        daemon.stop(Duration.ofSeconds(2));
    }

    private Command sleeper(String script) {
        return Command.of("sh", "-c", script, directory.toString()).deadline(Duration.ofSeconds(10));
    }

    @Test
    void start_whenItRunsAlready_keepsIt() {
        var ready = directory.resolve("ready");
        var command = sleeper("echo up; touch " + ready + "; while :; do sleep 1; done");
        assertThat(daemon.start(command, () -> Files.exists(ready))).isTrue();
        long pid = daemon.pid().orElseThrow();
        assertThat(daemon.start(command, () -> true)).isFalse();
        assertThat(daemon.pid()).hasValue(pid);
        assertThat(daemon.logTail()).isEqualTo("up");
    }

    @Test
    void start_afterwards_isInASessionOfItsOwn() throws Exception {
        daemon.start(sleeper("while :; do sleep 1; done"), () -> true);
        long pid = daemon.pid().orElseThrow();
        org.awaitility.Awaitility.await()
                .until(() -> Files.readString(Path.of("/proc/" + pid + "/stat"))
                        .split(" ")[5]
                        .equals(Long.toString(pid)));
    }

    @Test
    void start_whenItEndsAtOnce_tellsItsLastWords() {
        assertThatThrownBy(() -> daemon.start(sleeper("echo port is taken; exit 1"), () -> false))
                .isInstanceOf(Daemon.DaemonFailed.class)
                .hasMessageContaining("port is taken");
        assertThat(daemon.running()).isFalse();
    }

    @Test
    void start_whenNeverReady_stopsIt() {
        assertThatThrownBy(() -> daemon.start(
                        sleeper("while :; do sleep 1; done").deadline(Duration.ofMillis(300)), () -> false))
                .hasMessageContaining("not ready");
        assertThat(daemon.running()).isFalse();
        assertThat(daemon.pidFile()).doesNotExist();
    }

    @Test
    void stop_whenTermIsIgnored_kills() {
        var ready = directory.resolve("ready");
        daemon.start(
                sleeper("trap '' TERM; touch " + ready + "; while :; do sleep 1; done"), () -> Files.exists(ready));
        long pid = daemon.pid().orElseThrow();
        daemon.stop(Duration.ofMillis(200));
        assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
        assertThat(daemon.pidFile()).doesNotExist();
    }

    @Test
    void stop_whenThePidBelongsToAStranger_leavesTheStranger() throws Exception {
        var stranger = new ProcessBuilder("sleep", "300").start();
        try {
            Files.createDirectories(daemon.pidFile().getParent());
            Files.writeString(daemon.pidFile(), stranger.pid() + "\n");
            assertThat(daemon.running()).isFalse();
            daemon.stop(Duration.ofSeconds(1));
            assertThat(stranger.isAlive()).isTrue();
        } finally {
            stranger.destroyForcibly();
        }
    }

    @Test
    void reload_sendsHangup() {
        var ready = directory.resolve("ready");
        var hup = directory.resolve("hup");
        daemon.start(
                sleeper("trap 'touch " + hup + "' HUP; touch " + ready + "; while :; do sleep 0.1; done"),
                () -> Files.exists(ready));
        assertThat(daemon.reload()).isTrue();
        org.awaitility.Awaitility.await().until(() -> Files.exists(hup));
    }

    @Test
    void pid_whenTheFileIsCutShort_isEmpty() throws Exception {
        Files.createDirectories(daemon.pidFile().getParent());
        Files.writeString(daemon.pidFile(), "");
        assertThat(daemon.pid()).isEmpty();
    }
}
