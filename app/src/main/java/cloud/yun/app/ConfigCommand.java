package cloud.yun.app;

import cloud.yun.kernel.config.Config;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// Prints a commented configuration file with every option at its default.
@Command(name = "config", description = "Print a configuration file with every option.")
final class ConfigCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        System.out.print(Config.sample(Cloud.options()));
        return 0;
    }
}
