package cloud.yun.app;

import cloud.yun.kernel.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
    public Integer call() throws IOException {
        var started = data.resolve(ServeCommand.CONFIG_FILES);
        var files = Files.exists(started)
                ? Files.readAllLines(started).stream().map(Path::of).toList()
                : List.<Path>of();
        RealDrivers.purge(Config.load(Cloud.options(), files), data.toAbsolutePath());
        return 0;
    }
}
