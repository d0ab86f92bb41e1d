package cloud.yun.host.process;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// `kill(2)`: the JDK only knows SIGTERM and SIGKILL.
final class Signals {
    static final int HUP = 1;
    static final int KILL = 9;
    static final int TERM = 15;

    private static final MethodHandle KILL_CALL = Linker.nativeLinker()
            .downcallHandle(
                    Linker.nativeLinker().defaultLookup().find("kill").orElseThrow(),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    private Signals() {}

    /// @return whether the signal was sent; false when there is no such process
    static boolean send(long pid, int signal) {
        if (pid <= 1) throw new IllegalArgumentException("no signal to process " + pid);
        try {
            return (int) KILL_CALL.invokeExact((int) pid, signal) == 0;
        } catch (Throwable e) {
            throw new IllegalStateException("kill(2)", e);
        }
    }
}
