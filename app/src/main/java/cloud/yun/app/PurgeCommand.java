package cloud.yun.app;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Removes from this host what a stopped cloud left running: guests, networks, daemons. The launcher removes the
/// files.
@Command(name = "purge", description = "Remove guests, networks and daemons of a stopped cloud.")
final class PurgeCommand implements Callable<Integer> {
    @Option(names = "--data", required = true, description = "Directory of the cloud's files.")
    private Path data = Path.of("");

    @Override
    public Integer call() {
        // Only a cloud that ran with real drivers leaves anything outside its directory.
        if (Files.exists(data.resolve("run/real"))) throw new IllegalStateException("not wired yet");
        return 0;
    }
}
