package cloud.yun.app;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The commands of the program. `./yun` calls them; people call `./yun`.
@Command(
        name = "yun",
        subcommands = {
            ServeCommand.class,
            TrainCommand.class,
            CheckCommand.class,
            ConfigCommand.class,
            StatesCommand.class,
            RequirementsCommand.class,
            DoctorCommand.class,
            IdentityCommand.class,
            PolicyCommand.class,
            PurgeCommand.class
        },
        description = "An OpenStack cloud in one program.")
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.setProperty("org.jboss.logging.provider", "slf4j");
        // The way that matters for the start does not pay for a command line parser.
        if (arguments.length > 0 && arguments[0].equals("serve"))
            System.exit(ServeCommand.run(List.of(arguments).subList(1, arguments.length)));
        Logs.quiet();
        System.exit(new CommandLine(new Main()).execute(arguments));
    }
}
