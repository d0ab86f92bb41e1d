package cloud.yun.app;

import cloud.yun.identity.IdentityModule;
import cloud.yun.identity.Maintenance;
import cloud.yun.identity.Maintenance.Administrator;
import cloud.yun.kernel.Kernel;
import cloud.yun.kernel.bus.InProcessBus;
import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.error.CloudException;
import cloud.yun.kernel.event.Events;
import cloud.yun.kernel.flow.Flows;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.ToIntFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// What an operator does to identity, as with `keystone-manage`. The cloud may be running or not; each may be
/// repeated.
///
/// Exit status 0: done, or nothing to do; 1: it could not be done, or the doctor found something; 2: no such cloud.
@Command(
        name = "identity",
        mixinStandardHelpOptions = true,
        description = "Administrator, keys and clean-up of identity.",
        subcommands = picocli.CommandLine.HelpCommand.class)
final class IdentityCommand {
    private static final String DATA = "Directory of the cloud's files.";
    private static final String CONFIG = "INI file; default: those that the cloud was started with.";

    @Command(name = "bootstrap", description = "Make or restore an administrator, who can do everything.")
    int bootstrap(
            @Option(names = "--data", description = DATA) Path data,
            @Option(names = "--config", description = CONFIG) List<Path> files,
            @Option(names = "--bootstrap-username", defaultValue = "admin") String name,
            @Option(
                            names = "--bootstrap-password",
                            description = "Better in OS_BOOTSTRAP_PASSWORD: others can see the command line.")
                    String password,
            @Option(names = "--bootstrap-project-name", defaultValue = "admin") String project,
            @Option(names = "--bootstrap-role-name", defaultValue = "admin") String role,
            @Option(names = "--bootstrap-region-id") String region,
            @Option(names = "--bootstrap-public-url", description = "Of identity in the catalog, without /v3.")
                    String url) {
        var secret =
                Optional.ofNullable(password).or(() -> Optional.ofNullable(System.getenv("OS_BOOTSTRAP_PASSWORD")));
        if (secret.isEmpty() || secret.get().isEmpty()) {
            System.err.println("yun: give the password in OS_BOOTSTRAP_PASSWORD or by --bootstrap-password");
            return 1;
        }
        return on(data, files, true, room -> {
            room.identity()
                    .maintenance()
                    .admit(new Administrator(
                            name,
                            secret.get(),
                            project,
                            role,
                            region == null ? room.config().get(YunOptions.REGION) : region,
                            Optional.ofNullable(url)));
            System.out.println(
                    "user " + name + " is " + role + " of project " + project + ", domain default and system");
            return 0;
        });
    }

    @Command(name = "fernet-rotate", description = "The staged key becomes the primary; a new one is staged.")
    int fernetRotate(
            @Option(names = "--data", description = DATA) Path data,
            @Option(names = "--config", description = CONFIG) List<Path> files) {
        return on(data, files, false, room -> {
            int keys = room.maintenance().rotateTokenKeys(room.identity().keysMax());
            System.out.println("rotated; " + keys + " keys of tokens");
            return 0;
        });
    }

    @Command(name = "credential-rotate", description = "As fernet-rotate, for the keys of credentials.")
    int credentialRotate(
            @Option(names = "--data", description = DATA) Path data,
            @Option(names = "--config", description = CONFIG) List<Path> files) {
        return on(data, files, false, room -> {
            System.out.println("rotated; " + room.maintenance().rotateCredentialKeys(3) + " keys of credentials");
            return 0;
        });
    }

    @Command(name = "credential-migrate", description = "Encrypt all credentials with the primary key.")
    int credentialMigrate(
            @Option(names = "--data", description = DATA) Path data,
            @Option(names = "--config", description = CONFIG) List<Path> files) {
        return on(data, files, false, room -> {
            System.out.println(room.maintenance().migrateCredentials() + " credentials encrypted anew");
            return 0;
        });
    }

    @Command(name = "token-flush", description = "Forget revocations whose tokens have expired anyway.")
    int tokenFlush(
            @Option(names = "--data", description = DATA) Path data,
            @Option(names = "--config", description = CONFIG) List<Path> files) {
        return on(data, files, false, room -> {
            System.out.println(room.maintenance().flush() + " revocations forgotten");
            return 0;
        });
    }

    @Command(name = "doctor", description = "Keys, options and directories: what is wrong, with the remedy.")
    int doctor(
            @Option(names = "--data", description = DATA) Path data,
            @Option(names = "--config", description = CONFIG) List<Path> files) {
        return on(data, files, false, room -> {
            int wrong = 0;
            for (var finding : room.maintenance().examine()) {
                if (!finding.good()) wrong++;
                System.out.printf(
                        "%-4s %s%s%n",
                        finding.good() ? "ok" : "-", finding.what(), finding.good() ? "" : ": " + finding.remedy());
            }
            return wrong == 0 ? 0 : 1;
        });
    }

    private record Room(IdentityModule identity, Config config) {
        Maintenance maintenance() {
            return identity.maintenance();
        }
    }

    private static int on(Path given, List<Path> files, boolean create, ToIntFunction<Room> work) {
        var data = (given == null ? CheckCommand.standardData() : given).toAbsolutePath();
        try {
            var config = Config.load(Cloud.options(), files == null ? configFiles(data) : files);
            boolean sqlite = config.get(YunOptions.CONNECTION).isEmpty();
            if (!create && sqlite && !Files.exists(data.resolve("yun.db"))) {
                System.err.println("yun: there is no cloud in " + data);
                return 2;
            }
            Files.createDirectories(data.resolve("run"));
            System.setProperty("org.sqlite.tmpdir", data.resolve("run").toString());
            try (var db = Cloud.database(config, data)) {
                if (create) db.migrate(Cloud.SCHEMAS);
                var clock = Clock.systemUTC();
                var kernel = new Kernel(
                        db,
                        new Flows(db, clock),
                        new Events(db, clock),
                        new InProcessBus(),
                        config,
                        clock,
                        UUID::randomUUID,
                        data,
                        "command");
                var identity = new IdentityModule(kernel);
                try {
                    return work.applyAsInt(new Room(identity, config));
                } finally {
                    identity.stop();
                }
            }
        } catch (Config.Wrong e) {
            System.err.println("yun: " + e.getMessage());
        } catch (CloudException e) {
            System.err.println("yun: " + e.userMessage() + (e.detail().isEmpty() ? "" : " " + e.detail()));
        } catch (IOException | UncheckedIOException e) {
            System.err.println("yun: " + e.getMessage());
        }
        return 1;
    }

    private static List<Path> configFiles(Path data) throws IOException {
        var started = data.resolve(ServeCommand.CONFIG_FILES);
        if (!Files.exists(started)) return new ArrayList<>();
        return Files.readAllLines(started).stream().map(Path::of).toList();
    }
}
