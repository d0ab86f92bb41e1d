package cloud.yun.compute.server;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// The API's `status`: one word made of vm_state and task_state.
public final class Status {
    private static final Set<TaskState> REBOOTS = EnumSet.of(TaskState.REBOOTING);
    private static final Set<TaskState> HARD_REBOOTS = EnumSet.of(TaskState.REBOOTING_HARD);

    private Status() {}

    public static String of(VmState vm, TaskState task) {
        return switch (vm) {
            case BUILDING -> "BUILD";
            case ACTIVE -> {
                if (REBOOTS.contains(task)) yield "REBOOT";
                yield HARD_REBOOTS.contains(task) ? "HARD_REBOOT" : "ACTIVE";
            }
            case PAUSED -> HARD_REBOOTS.contains(task) ? "HARD_REBOOT" : "PAUSED";
            case SUSPENDED -> HARD_REBOOTS.contains(task) ? "HARD_REBOOT" : "SUSPENDED";
            case STOPPED -> HARD_REBOOTS.contains(task) ? "HARD_REBOOT" : "SHUTOFF";
            case ERROR -> HARD_REBOOTS.contains(task) ? "HARD_REBOOT" : "ERROR";
            case DELETED -> "DELETED";
        };
    }

    /// What the list's `status` filter asks for.
    ///
    /// @param tasks empty: any
    public record Wanted(Set<VmState> states, Set<TaskState> tasks) {}

    /// @return empty when no server can have that status
    public static Optional<Wanted> wanted(String status) {
        Set<TaskState> any = Set.of();
        return Optional.ofNullable(
                switch (status.toUpperCase(Locale.ROOT)) {
                    case "BUILD" -> new Wanted(EnumSet.of(VmState.BUILDING), any);
                    case "ACTIVE" ->
                        new Wanted(
                                EnumSet.of(VmState.ACTIVE),
                                EnumSet.complementOf(EnumSet.of(TaskState.REBOOTING, TaskState.REBOOTING_HARD)));
                    case "REBOOT" -> new Wanted(EnumSet.of(VmState.ACTIVE), REBOOTS);
                    case "HARD_REBOOT" ->
                        new Wanted(
                                EnumSet.of(
                                        VmState.ACTIVE,
                                        VmState.PAUSED,
                                        VmState.SUSPENDED,
                                        VmState.STOPPED,
                                        VmState.ERROR),
                                HARD_REBOOTS);
                    case "PAUSED" -> new Wanted(EnumSet.of(VmState.PAUSED), any);
                    case "SUSPENDED" -> new Wanted(EnumSet.of(VmState.SUSPENDED), any);
                    case "SHUTOFF" -> new Wanted(EnumSet.of(VmState.STOPPED), any);
                    case "ERROR" -> new Wanted(EnumSet.of(VmState.ERROR), any);
                    case "DELETED" -> new Wanted(EnumSet.of(VmState.DELETED), any);
                    default -> null;
                });
    }
}
