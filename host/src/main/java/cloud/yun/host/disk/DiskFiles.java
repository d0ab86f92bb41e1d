package cloud.yun.host.disk;

import cloud.yun.host.process.Command;
import cloud.yun.host.process.Commands;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/// Files that hold disks, without QEMU.
public final class DiskFiles {
    private static final int BLOCK = 4 << 20;

    private final Commands commands;

    public DiskFiles(Commands commands) {
        this.commands = commands;
    }

    /// Makes a sparse raw disk, or grows one to that size. Never shrinks.
    public void allocate(Path file, long bytes) {
        try (var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            if (channel.size() < bytes) channel.write(ByteBuffer.allocate(1), bytes - 1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Copies a file with holes as holes, sharing blocks where the file system can.
    public void copy(Path source, Path target, Duration deadline) {
        commands.run(Command.of("cp", "--sparse=always", "--reflink=auto", "--", source.toString(), target.toString())
                .deadline(deadline));
    }

    /// Overwrites the data of a file with zeros and forces them to the disk.
    ///
    /// @param bytesMax how much from the start; 0 means all
    public void wipe(Path file, long bytesMax) {
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            long end = bytesMax == 0 ? channel.size() : Math.min(bytesMax, channel.size());
            var zeros = ByteBuffer.allocateDirect(BLOCK);
            for (long at = 0; at < end; ) {
                zeros.clear().limit((int) Math.min(BLOCK, end - at));
                at += channel.write(zeros, at);
            }
            channel.force(false);
        } catch (NoSuchFileException e) {
            // Already gone: nothing of it can be read.
            return;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// @return bytes that can still be written into the file system of a directory
    public static long freeBytes(Path directory) {
        try {
            return Files.getFileStore(directory).getUsableSpace();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// @return size of the file system of a directory in bytes
    public static long totalBytes(Path directory) {
        try {
            return Files.getFileStore(directory).getTotalSpace();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// @return what a file takes on the disk in bytes; a sparse one takes less than its length
    public long allocatedBytes(Path file) {
        return 512
                * Long.parseLong(commands.output(Command.of("stat", "-c", "%b", "--", file.toString()))
                        .strip());
    }
}
