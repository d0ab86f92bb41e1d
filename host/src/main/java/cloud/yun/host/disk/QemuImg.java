package cloud.yun.host.disk;

import cloud.yun.host.process.Command;
import cloud.yun.host.process.CommandFailed;
import cloud.yun.host.process.Commands;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// `qemu-img`, with formats always said.
///
/// @see <a href="https://www.qemu.org/docs/master/tools/qemu-img.html">qemu-img</a>
public final class QemuImg {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LONG = Duration.ofHours(2);
    /// A crafted header can ask for gigabytes of tables: OpenStack's own limits for reading one (bytes, CPU
    /// seconds).
    private static final String ADDRESS_SPACE_MAX = "--as=1073741824";

    private static final String CPU_SECONDS_MAX = "--cpu=30";

    /// An internal snapshot of a qcow2 file.
    public record Snapshot(String id, String name, long vmStateBytes) {}

    private final Commands commands;

    public QemuImg(Commands commands) {
        this.commands = commands;
    }

    /// Reads a header; also while a guest uses the file.
    ///
    /// @param format of the file, by whoever made it
    public ImageInfo info(Path file, ImageFormat format) {
        return info(file.toString(), format);
    }

    /// The same for anything QEMU opens, such as `nbd+unix:///?socket=...`.
    public ImageInfo info(String target, ImageFormat format) {
        return parse(commands.output(Command.of(
                "prlimit",
                ADDRESS_SPACE_MAX,
                CPU_SECONDS_MAX,
                "qemu-img",
                "info",
                "-U",
                "--output=json",
                "-f",
                format.qemuName(),
                target)));
    }

    private static ImageInfo parse(String json) {
        JsonNode node = JSON.readTree(json);
        var data = node.path("format-specific").path("data");
        String name = node.path("format").asString("");
        return new ImageInfo(
                ImageFormat.of(name)
                        .orElseThrow(() -> new ImageRejected("The disk format " + name + " is not supported.")),
                node.path("virtual-size").asLong(),
                node.path("actual-size").asLong(),
                text(node, "backing-filename"),
                text(node, "backing-filename-format"),
                text(data, "data-file"),
                node.path("encrypted").asBoolean(false));
    }

    private static Optional<String> text(JsonNode node, String field) {
        return node.has(field) ? Optional.of(node.path(field).asString("")) : Optional.empty();
    }

    /// Looks at a file that came from outside: its format is taken from its bytes and must be the one claimed,
    /// and it may name no other file.
    ///
    /// @param claimed the format its owner said; empty accepts raw and qcow2
    /// @throws ImageRejected with a reason a user may read
    public ImageInfo inspect(Path file, Optional<ImageFormat> claimed) {
        var found = ImageFormat.detect(file);
        var wanted = claimed.orElse(found);
        boolean same = found == wanted || (wanted == ImageFormat.RAW && found == ImageFormat.ISO);
        if (!same) {
            throw new ImageRejected(
                    "The image is said to be " + wanted.wire() + " but its content is " + found.wire() + ".");
        }
        ImageInfo info;
        try {
            info = info(file, found);
        } catch (CommandFailed e) {
            throw new ImageRejected("The image is not a readable " + found.wire() + " file.", e);
        }
        if (info.backingFile().isPresent()) throw new ImageRejected("The image has a backing file.");
        if (info.dataFile().isPresent()) throw new ImageRejected("The image has an external data file.");
        if (found == ImageFormat.VMDK) safeVmdk(file);
        return info;
    }

    /// A VMDK description can name any file of the host as an extent: only the self-contained kinds are let in.
    private void safeVmdk(Path file) {
        var node = JSON.readTree(
                commands.output(Command.of("qemu-img", "info", "-U", "--output=json", "-f", "vmdk", file.toString())));
        String kind =
                node.path("format-specific").path("data").path("create-type").asString("");
        if (!List.of("monolithicSparse", "streamOptimized").contains(kind)) {
            throw new ImageRejected("A VMDK of type " + kind + " is not accepted.");
        }
    }

    /// Makes an empty disk. A qcow2 gets extended L2 metadata preallocation off: it grows as the guest writes.
    public void create(Path file, ImageFormat format, long bytes) {
        commands.run(
                Command.of("qemu-img", "create", "-q", "-f", format.qemuName(), file.toString(), Long.toString(bytes)));
    }

    /// Makes a qcow2 that holds only what differs from its base.
    ///
    /// @param bytes the size the guest sees; empty takes the base's
    public void createOverlay(Path file, Path base, ImageFormat baseFormat, Optional<Long> bytes) {
        var command = Command.of(
                "qemu-img",
                "create",
                "-q",
                "-f",
                "qcow2",
                "-b",
                base.toAbsolutePath().toString(),
                "-F",
                baseFormat.qemuName(),
                file.toString());
        commands.run(bytes.isPresent() ? command.with(bytes.get().toString()) : command);
    }

    /// Copies a disk into another format; holes stay holes, the backing chain is folded in.
    public void convert(Path source, ImageFormat from, Path target, ImageFormat to) {
        convert(source.toString(), from, target.toString(), to, Optional.empty(), false);
    }

    /// @param snapshot internal snapshot to take instead of the current content
    /// @param compress qcow2 only
    public void convert(
            String source,
            ImageFormat from,
            String target,
            ImageFormat to,
            Optional<String> snapshot,
            boolean compress) {
        var words = new ArrayList<>(List.of("convert", "-q", "-t", "none", "-T", "none", "-f", from.qemuName()));
        words.addAll(List.of("-O", to.qemuName()));
        snapshot.ifPresent(s -> words.addAll(List.of("-l", "snapshot.name=" + s)));
        if (compress) words.add("-c");
        words.addAll(List.of(source, target));
        try {
            commands.run(qemuImg(words).deadline(LONG));
        } catch (CommandFailed e) {
            // tmpfs and some others have no O_DIRECT: QEMU then refuses cache mode none.
            if (!e.says("O_DIRECT") && !e.says("Invalid argument")) throw e;
            words.subList(2, 6).clear();
            commands.run(qemuImg(words).deadline(LONG));
        }
    }

    /// Sets the size of a disk no guest uses.
    ///
    /// @param shrink must be said to make it smaller: the end is lost
    public void resize(Path file, ImageFormat format, long bytes, boolean shrink) {
        var words = new ArrayList<>(List.of("resize", "-q", "-f", format.qemuName()));
        if (shrink) words.add("--shrink");
        words.addAll(List.of(file.toString(), Long.toString(bytes)));
        commands.run(qemuImg(words));
    }

    /// Copies into the overlay what it lacks and sets another base; without a base it stands alone afterwards.
    public void rebase(Path overlay, Optional<Path> base, ImageFormat baseFormat) {
        var words = new ArrayList<>(List.of("rebase", "-q", "-f", "qcow2"));
        words.addAll(List.of("-b", base.map(b -> b.toAbsolutePath().toString()).orElse("")));
        if (base.isPresent()) words.addAll(List.of("-F", baseFormat.qemuName()));
        words.add(overlay.toString());
        commands.run(qemuImg(words).deadline(LONG));
    }

    /// Only rewrites the name of the base in the header: for a base that moved. A wrong base corrupts the disk.
    public void renameBase(Path overlay, Path base, ImageFormat baseFormat) {
        commands.run(Command.of(
                "qemu-img",
                "rebase",
                "-q",
                "-u",
                "-f",
                "qcow2",
                "-b",
                base.toAbsolutePath().toString(),
                "-F",
                baseFormat.qemuName(),
                overlay.toString()));
    }

    /// Writes an overlay's content into its base.
    public void commit(Path overlay) {
        commands.run(Command.of("qemu-img", "commit", "-q", "-f", "qcow2", overlay.toString())
                .deadline(LONG));
    }

    public List<Snapshot> snapshots(Path qcow2) {
        var found = new ArrayList<Snapshot>();
        var node = JSON.readTree(commands.output(
                Command.of("qemu-img", "info", "-U", "--output=json", "-f", "qcow2", qcow2.toString())));
        for (JsonNode entry : node.path("snapshots")) {
            found.add(new Snapshot(
                    entry.path("id").asString(""),
                    entry.path("name").asString(""),
                    entry.path("vm-state-size").asLong()));
        }
        return found;
    }

    /// Takes an internal snapshot of a disk no guest uses; succeeds when one of that name is there.
    public void createSnapshot(Path qcow2, String name) {
        if (hasSnapshot(qcow2, name)) return;
        commands.run(Command.of("qemu-img", "snapshot", "-q", "-c", name, qcow2.toString()));
    }

    public void deleteSnapshot(Path qcow2, String name) {
        if (!hasSnapshot(qcow2, name)) return;
        commands.run(Command.of("qemu-img", "snapshot", "-q", "-d", name, qcow2.toString())
                .deadline(LONG));
    }

    public void revertSnapshot(Path qcow2, String name) {
        commands.run(Command.of("qemu-img", "snapshot", "-q", "-a", name, qcow2.toString())
                .deadline(LONG));
    }

    private boolean hasSnapshot(Path qcow2, String name) {
        return snapshots(qcow2).stream().anyMatch(s -> s.name().equals(name));
    }

    /// @return whether the two hold the same bytes for a guest
    public boolean same(Path one, ImageFormat oneFormat, Path other, ImageFormat otherFormat) {
        return commands.run(Command.of(
                                        "qemu-img",
                                        "compare",
                                        "-q",
                                        "-f",
                                        oneFormat.qemuName(),
                                        "-F",
                                        otherFormat.qemuName(),
                                        one.toString(),
                                        other.toString())
                                .deadline(LONG)
                                .accept(0, 1))
                        .exitCode()
                == 0;
    }

    private static Command qemuImg(List<String> words) {
        return Command.of("qemu-img", words.toArray(String[]::new));
    }
}
