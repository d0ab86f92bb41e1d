package cloud.yun.host.process;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/// Where the host's programs are. Debian gives ordinary users a PATH without the sbin directories, so they are
/// added.
public final class Programs {
    private Programs() {}

    /// @return the absolute path of a program, or its name when it is nowhere (the start then fails and says
    /// so)
    static String find(String program) {
        return locate(program).map(Path::toString).orElse(program);
    }

    /// @return where the program is; empty when it is not installed
    public static Optional<Path> locate(String program) {
        if (program.contains("/")) {
            return Optional.of(Path.of(program)).filter(Files::isExecutable);
        }
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Stream.concat(
                        Stream.of(path.split(File.pathSeparator)),
                        Stream.of("/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin", "/bin"))
                .filter(directory -> directory.startsWith("/"))
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /// @return whether the program is installed
    public static boolean installed(String program) {
        return locate(program).isPresent();
    }
}
