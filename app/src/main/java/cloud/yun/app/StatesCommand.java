package cloud.yun.app;

import cloud.yun.kernel.flow.FlowState;
import cloud.yun.kernel.state.StateTable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// Prints `docs/states.md` from the tables themselves.
@Command(name = "states", description = "Print the state tables as Markdown.")
final class StatesCommand implements Callable<Integer> {
    @Override
    public Integer call() throws Exception {
        var directory = Files.createTempDirectory("yun-states");
        try {
            System.out.print(text(directory));
        } finally {
            TrainCommand.remove(directory);
        }
        return 0;
    }

    static String text(Path directory) {
        var tables = new TreeMap<String, StateTable<?, ?>>();
        tables.put("kernel: flow", FlowState.table());
        try (var cloud = new Cloud(TrainCommand.simulated(), directory)) {
            for (var room : cloud.rooms())
                room.states().forEach((name, table) -> tables.put(room.service().type() + ": " + name, table));
        }
        var text = new StringBuilder(
                "# States and their moves\n\nPrinted by `./yun states` from the tables in the code.\n");
        tables.forEach((name, table) -> {
            text.append("\n## ").append(name).append("\n\n| from | event | to |\n|---|---|---|\n");
            for (var row : table.rows())
                text.append("| ")
                        .append(row.from())
                        .append(" | ")
                        .append(row.event())
                        .append(" | ")
                        .append(row.to())
                        .append(" |\n");
        });
        return text.toString();
    }
}
