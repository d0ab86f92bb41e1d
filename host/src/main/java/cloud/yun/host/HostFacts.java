package cloud.yun.host;

import cloud.yun.host.disk.DiskFiles;
import cloud.yun.host.process.Command;
import cloud.yun.host.process.CommandFailed;
import cloud.yun.host.process.Commands;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// What this machine has to give.
///
/// @param cpus usable by us
/// @param memoryMib all of it
/// @param diskGib size of the file system that holds the guests' disks
/// @param kernel release, `6.1.0-56-amd64`
/// @param kvm whether guests can run on the CPU itself, tried out
public record HostFacts(
        int cpus, long memoryMib, long memoryFreeMib, long diskGib, long diskFreeGib, String kernel, Kvm kvm) {
    /// @param works whether it does
    /// @param why in a sentence, for people
    public record Kvm(boolean works, String why) {}

    private static final Path DEVICE = Path.of("/dev/kvm");

    /// @param disks a directory of the file system that is to hold the guests' disks
    public static HostFacts read(Commands commands, Path disks) {
        try {
            return new HostFacts(
                    Runtime.getRuntime().availableProcessors(),
                    memory("MemTotal:") / 1024,
                    memory("MemAvailable:") / 1024,
                    DiskFiles.totalBytes(disks) >> 30,
                    DiskFiles.freeBytes(disks) >> 30,
                    Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip(),
                    kvm(commands));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long memory(String line) throws IOException {
        return Files.readAllLines(Path.of("/proc/meminfo")).stream()
                .filter(l -> l.startsWith(line))
                .map(l -> l.replaceAll("[^0-9]", ""))
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElse(0);
    }

    /// Runs a guest of seven bytes with KVM and without. The device alone proves nothing: some clouds offer a KVM
    /// that lacks parts of the CPU or is far slower than emulation, and real guests hang on it.
    public static Kvm kvm(Commands commands) {
        if (!Files.exists(DEVICE)) return new Kvm(false, "there is no /dev/kvm");
        if (!Files.isReadable(DEVICE) || !Files.isWritable(DEVICE)) return new Kvm(false, "/dev/kvm may not be opened");
        Path disk = null;
        try {
            disk = Files.createTempFile("yun-kvm", ".img");
            Files.write(disk, bootSector());
            long emulated = run(commands, disk, "tcg").millis();
            var native_ = run(commands, disk, "kvm");
            if (native_.said().contains("host doesn't support requested feature")) {
                return new Kvm(false, "KVM lacks CPU features that every guest expects");
            }
            if (native_.millis() > 2 * emulated + 500) {
                return new Kvm(
                        false, "KVM took " + native_.millis() + " ms for what emulation does in " + emulated + " ms");
            }
            return new Kvm(true, "a test guest ran in " + native_.millis() + " ms");
        } catch (CommandFailed e) {
            return new Kvm(false, "a test guest did not run: " + e.getMessage());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            if (disk != null) disk.toFile().delete();
        }
    }

    /// As [#kvm(Commands)], but tried once for each boot of the machine: a try can take seconds.
    ///
    /// @param memory file that holds the last answer; made with its directories
    public static Kvm kvm(Commands commands, Path memory) {
        try {
            var boot =
                    Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
            if (Files.exists(memory)) {
                var lines = Files.readAllLines(memory);
                if (lines.size() == 3 && lines.get(0).equals(boot))
                    return new Kvm(Boolean.parseBoolean(lines.get(1)), lines.get(2));
            }
            var kvm = kvm(commands);
            Files.createDirectories(memory.toAbsolutePath().getParent());
            Files.write(memory, java.util.List.of(boot, Boolean.toString(kvm.works()), kvm.why()));
            return kvm;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record Trial(long millis, String said) {}

    private static Trial run(Commands commands, Path disk, String accelerator) {
        long start = System.nanoTime();
        // isa-debug-exit turns the byte 0x21 written to its port into the exit code (0x21 << 1) | 1.
        var result = commands.run(Command.of(
                        "qemu-system-x86_64",
                        "-accel",
                        accelerator,
                        "-machine",
                        "pc",
                        "-nodefaults",
                        "-no-user-config",
                        "-display",
                        "none",
                        "-m",
                        "16",
                        "-drive",
                        "file=" + disk + ",format=raw,if=ide,snapshot=on",
                        "-device",
                        "isa-debug-exit,iobase=0x501,iosize=1")
                .accept(67)
                .deadline(Duration.ofSeconds(15)));
        return new Trial((System.nanoTime() - start) / 1_000_000, result.stderr());
    }

    /// `mov dx, 0x501; mov al, 0x21; out dx, al; hlt`, and the mark of a boot sector.
    private static byte[] bootSector() {
        byte[] sector = new byte[512];
        int[] code = {0xba, 0x01, 0x05, 0xb0, 0x21, 0xee, 0xf4};
        for (int i = 0; i < code.length; i++) sector[i] = (byte) code[i];
        sector[510] = 0x55;
        sector[511] = (byte) 0xaa;
        return sector;
    }
}
