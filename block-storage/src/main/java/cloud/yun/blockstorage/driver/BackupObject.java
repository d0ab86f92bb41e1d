package cloud.yun.blockstorage.driver;

import cloud.yun.kernel.json.Json;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A piece of a volume in a file.
///
/// @param offset of its first byte in the volume
/// @param length in bytes, before it was compressed
/// @param compression `none` or `zlib`
/// @param md5 of the bytes before they were compressed
record BackupObject(String name, long offset, long length, String compression, String md5) {
    static BackupObject of(JsonNode entry) {
        var name = entry.propertyNames().iterator().next();
        var said = entry.path(name);
        return new BackupObject(
                name,
                said.path("offset").asLong(0),
                said.path("length").asLong(0),
                said.path("compression").asString("none"),
                said.path("md5").asString(""));
    }

    /// As it stands in the metadata.
    ObjectNode json() {
        var body = Json.object();
        body.putObject(name)
                .put("offset", offset)
                .put("length", length)
                .put("compression", compression)
                .put("md5", md5);
        return body;
    }

    static void durable(Path file) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    /// Writes one object, block after block. Nothing of it is in memory.
    static final class Writer {
        private final Path file;
        private final long offset;
        private final boolean compress;
        private final OutputStream out;
        private final MessageDigest md5 = PosixBackups.digest("MD5");
        private long length;

        Writer(Path folder, String name, long offset, boolean compress) throws IOException {
            this.file = folder.resolve(name);
            this.offset = offset;
            this.compress = compress;
            var plain = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
            this.out = compress ? new DeflaterOutputStream(plain) : plain;
        }

        void write(byte[] data, int n) throws IOException {
            out.write(data, 0, n);
            md5.update(data, 0, n);
            length += n;
        }

        BackupObject finish() throws IOException {
            out.close();
            boolean smaller = compress && Files.size(file) < length;
            if (compress && !smaller) inflate();
            durable(file);
            return new BackupObject(
                    file.getFileName().toString(),
                    offset,
                    length,
                    smaller ? "zlib" : "none",
                    HexFormat.of().formatHex(md5.digest()));
        }

        private void inflate() throws IOException {
            var plain = file.resolveSibling(file.getFileName() + ".part");
            try (var in = new InflaterInputStream(Files.newInputStream(file))) {
                Files.copy(in, plain, StandardCopyOption.REPLACE_EXISTING);
            }
            Files.move(plain, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
