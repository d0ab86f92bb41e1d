package cloud.yun.host.process;

import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// A program of the host did not do its work. The message holds the command without its secrets and what it
/// said last.
public final class CommandFailed extends RuntimeException {
    private static final int TAIL = 2000;

    private final String program;
    private final OptionalInt exitCode;
    private final String stderrTail;
    private final boolean timedOut;

    private CommandFailed(
            Command command,
            String what,
            OptionalInt exitCode,
            String stderr,
            boolean timedOut,
            @Nullable Throwable cause) {
        super(message(command, what, stderr), cause);
        this.program = command.program();
        this.exitCode = exitCode;
        this.stderrTail = tail(command.redact(stderr));
        this.timedOut = timedOut;
    }

    /// The program ended with a code that is not accepted. Public so that fakes of `Commands` can fail too.
    public static CommandFailed exit(Command command, int exitCode, String stderr) {
        return new CommandFailed(command, "exit " + exitCode, OptionalInt.of(exitCode), stderr, false, null);
    }

    static CommandFailed timeout(Command command, String stderr) {
        return new CommandFailed(
                command, "killed after " + command.deadline(), OptionalInt.empty(), stderr, true, null);
    }

    static CommandFailed notStarted(Command command, Throwable cause) {
        String why = Programs.installed(command.program()) ? "could not be started" : "is not installed";
        return new CommandFailed(command, why, OptionalInt.empty(), "", false, cause);
    }

    private static String message(Command command, String what, String stderr) {
        String tail = tail(command.redact(stderr)).strip();
        return command + ": " + what + (tail.isEmpty() ? "" : ": " + tail);
    }

    private static String tail(String text) {
        return text.length() <= TAIL ? text : "..." + text.substring(text.length() - TAIL);
    }

    public String program() {
        return program;
    }

    /// @return the exit code; empty when the program was killed at its deadline or never started
    public OptionalInt exitCode() {
        return exitCode;
    }

    /// @return the last 2000 characters of standard error, secrets replaced
    public String stderrTail() {
        return stderrTail;
    }

    public boolean timedOut() {
        return timedOut;
    }

    /// @return whether standard error says this; the only way to tell the errors of `ip` apart
    public boolean says(String text) {
        return stderrTail.contains(text);
    }
}
