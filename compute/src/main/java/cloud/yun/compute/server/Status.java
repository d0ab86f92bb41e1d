package cloud.yun.compute.server;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The API's `status`: one word made of vm_state and task_state.
public final class Status {
    private Status() {}

    public static String of(VmState vm, TaskState task) {
        return busy(vm, task).orElseGet(() -> idle(vm));
    }

    /// What the state is called while nothing that has a word of its own is being done.
    private static String idle(VmState vm) {
        return switch (vm) {
            case BUILDING -> "BUILD";
            case STOPPED -> "SHUTOFF";
            case RESIZED -> "VERIFY_RESIZE";
            case RESCUED -> "RESCUE";
            case ACTIVE, PAUSED, SUSPENDED, SHELVED, SHELVED_OFFLOADED, ERROR, DELETED -> vm.name();
        };
    }

    /// @return what is being done, where Nova says that instead of what the server is
    private static Optional<String> busy(VmState vm, TaskState task) {
        return Optional.ofNullable(
                switch (vm) {
                    case ACTIVE ->
                        switch (task) {
                            case REBOOTING -> "REBOOT";
                            case REBOOTING_HARD -> "HARD_REBOOT";
                            case REBUILDING, REBUILD_SPAWNING -> "REBUILD";
                            case RESIZE_PREP, RESIZE_MIGRATING, RESIZE_FINISH -> "RESIZE";
                            default -> null;
                        };
                    case STOPPED ->
                        switch (task) {
                            case REBOOTING_HARD -> "HARD_REBOOT";
                            case REBUILDING, REBUILD_SPAWNING -> "REBUILD";
                            case RESIZE_PREP, RESIZE_MIGRATING, RESIZE_FINISH -> "RESIZE";
                            default -> null;
                        };
                    case ERROR ->
                        switch (task) {
                            case REBOOTING_HARD -> "HARD_REBOOT";
                            case REBUILDING, REBUILD_SPAWNING -> "REBUILD";
                            default -> null;
                        };
                    case PAUSED, SUSPENDED -> task == TaskState.REBOOTING_HARD ? "HARD_REBOOT" : null;
                    case RESIZED -> task == TaskState.RESIZE_REVERTING ? "REVERT_RESIZE" : null;
                    case BUILDING, RESCUED, SHELVED, SHELVED_OFFLOADED, DELETED -> null;
                });
    }

    /// What the list's `status` filter asks for.
    ///
    /// @param tasks empty: any
    public record Wanted(Set<VmState> states, Set<TaskState> tasks) {}

    /// @return empty when no server can have that status
    public static Optional<Wanted> wanted(String status) {
        var word = status.toUpperCase(Locale.ROOT);
        for (var vm : VmState.values())
            if (idle(vm).equals(word)) {
                var idle = tasks(vm, word);
                return Optional.of(
                        new Wanted(EnumSet.of(vm), idle.size() == TaskState.values().length ? Set.of() : idle));
            }
        var states = Arrays.stream(VmState.values())
                .filter(vm -> !tasks(vm, word).isEmpty())
                .collect(Collectors.toSet());
        if (states.isEmpty()) return Optional.empty();
        var tasks = states.stream().flatMap(vm -> tasks(vm, word).stream()).collect(Collectors.toSet());
        return Optional.of(new Wanted(states, tasks));
    }

    private static Set<TaskState> tasks(VmState vm, String word) {
        return Arrays.stream(TaskState.values())
                .filter(task -> of(vm, task).equals(word))
                .collect(Collectors.toSet());
    }
}
