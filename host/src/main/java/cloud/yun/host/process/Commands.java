package cloud.yun.host.process;

/// Runs programs. The one implementation for real hosts is `Commands.system()`; tests of callers write a fake.
public interface Commands {
    /// What a program left behind.
    ///
    /// @param stdout at most 64 MiB
    record Result(int exitCode, String stdout, String stderr) {}

    /// Runs the program to its end.
    ///
    /// @throws CommandFailed it is not installed, ended with a code that is not accepted, or passed its
    /// deadline
    Result run(Command command);

    /// @return the standard output of a command
    default String output(Command command) {
        return run(command).stdout();
    }

    /// @return whether the command ended with 0
    default boolean succeeds(Command command) {
        try {
            return run(command).exitCode() == 0;
        } catch (CommandFailed e) {
            if (e.timedOut()) throw e;
            return false;
        }
    }

    static Commands system() {
        return new SystemCommands();
    }
}
