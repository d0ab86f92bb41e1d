package cloud.yun.host.disk;

import cloud.yun.host.process.Command;
import cloud.yun.host.process.Commands;
import cloud.yun.host.process.Programs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/// The disk that tells a guest who it is: ISO 9660 with Joliet and Rock Ridge, labelled `config-2`.
///
/// @see <a href="https://docs.openstack.org/nova/latest/user/metadata.html#config-drives">config drives</a>
public final class ConfigDrive {
    private static final String LABEL = "config-2";

    private final Commands commands;

    public ConfigDrive(Commands commands) {
        this.commands = commands;
    }

    /// Writes the drive; an existing one is replaced at once, never seen half written.
    ///
    /// @param files content by path inside the drive, `openstack/latest/meta_data.json` for example
    /// @throws IllegalArgumentException a path leaves the drive
    public void write(Path iso, Map<String, byte[]> files) {
        Path parent = iso.toAbsolutePath().getParent();
        if (parent == null) throw new IllegalArgumentException("not a file: " + iso);
        Path tree = null;
        Path fresh = iso.resolveSibling(iso.getFileName() + ".new");
        try {
            // Beside the drive, not in a shared temporary directory: it holds passwords and user data.
            tree = Files.createTempDirectory(parent, ".config-drive");
            for (var file : files.entrySet()) {
                Path target = tree.resolve(file.getKey()).normalize();
                if (!target.startsWith(tree)) throw new IllegalArgumentException("not inside: " + file.getKey());
                Path folder = target.getParent();
                if (folder != null) Files.createDirectories(folder);
                Files.write(target, file.getValue());
            }
            commands.run(maker(fresh, tree));
            Files.move(fresh, iso, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            if (tree != null) remove(tree);
            remove(fresh);
        }
    }

    private static Command maker(Path iso, Path tree) {
        var options = List.of(
                "-quiet",
                "-J",
                "-joliet-long",
                "-r",
                "-allow-lowercase",
                "-allow-multidot",
                "-l",
                "-publisher",
                "Yun",
                "-V",
                LABEL,
                "-o",
                iso.toString(),
                tree.toString());
        return Programs.installed("genisoimage")
                ? Command.of("genisoimage", options.toArray(String[]::new))
                : Command.of("xorriso", "-as", "mkisofs").with(options.toArray(String[]::new));
    }

    private static void remove(Path tree) {
        if (!Files.exists(tree)) return;
        try (var all = Files.walk(tree)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) Files.delete(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
