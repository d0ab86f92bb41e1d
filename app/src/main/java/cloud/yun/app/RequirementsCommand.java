package cloud.yun.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Prints proven / not proven by room.
@Command(name = "requirements", description = "Which requirements the last test run proved.")
final class RequirementsCommand implements Callable<Integer> {
    @Parameters(index = "0", description = "The project's folder.")
    private Path home = Path.of(".");

    @Option(names = "--all", description = "Also list each requirement.")
    private boolean all;

    @Override
    public Integer call() throws IOException {
        System.out.print(RequirementsReport.of(home, all));
        return 0;
    }
}
