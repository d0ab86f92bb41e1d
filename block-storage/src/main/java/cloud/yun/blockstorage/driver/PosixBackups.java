package cloud.yun.blockstorage.driver;

import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.Unavailable;
import cloud.yun.kernel.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.InflaterInputStream;
import tools.jackson.databind.JsonNode;

/// Backups in a directory, in the layout of Cinder's `PosixBackupDriver`, which can read them, as this can read its:
/// `CONTAINER/PREFIX-00001` and so on hold the data, `PREFIX_metadata` says what is where, and `PREFIX_sha256file`
/// has the SHA-256 of every block, by which the next incremental backup finds what has changed.
///
/// The directory must be the same file system on every storage host that restores from it.
public final class PosixBackups implements BackupRepository {
    private static final String VERSION = "1.0.0";
    private static final String METADATA = "_metadata";
    private static final String SHA256 = "_sha256file";
    private static final int PIECE = 1 << 16;

    /// @param fileBytes the most that one object stands for: `backup_file_size`
    /// @param blockBytes changes are seen in such blocks: `backup_sha_block_size_bytes`
    /// @param compress whether objects are compressed with zlib where that makes them smaller
    public record Settings(long fileBytes, int blockBytes, boolean compress) {}

    private final Path directory;
    private final Settings settings;

    public PosixBackups(Path directory, Settings settings) {
        this.directory = directory.toAbsolutePath().normalize();
        this.settings = settings;
    }

    @Override
    public int write(Key key, Header header, Content volume) {
        return guarded(() -> {
            delete(key);
            var folder = Files.createDirectories(folder(key));
            var parent = header.parent().map(this::blocks);
            var objects = new ArrayList<BackupObject>();
            var hashes = new ArrayList<String>();
            var block = new byte[settings.blockBytes()];
            long size = volume.size();
            BackupObject.Writer open = null;
            for (long at = 0; at < size; at += block.length) {
                int length = volume.read(at, block, (int) Math.min(block.length, size - at));
                var hash = sha256(block, length);
                int number = hashes.size();
                hashes.add(hash);
                boolean changed = parent.isEmpty()
                        || number >= parent.get().size()
                        || !parent.get().get(number).equals(hash);
                if (open != null && (!changed || at % settings.fileBytes() == 0)) {
                    objects.add(open.finish());
                    open = null;
                }
                if (!changed) continue;
                if (open == null) {
                    var name = "%s-%05d".formatted(key.prefix(), objects.size() + 1);
                    open = new BackupObject.Writer(folder, name, at, settings.compress());
                }
                open.write(block, length);
            }
            if (open != null) objects.add(open.finish());
            put(folder.resolve(key.prefix() + SHA256), hashFile(header, hashes));
            put(folder.resolve(key.prefix() + METADATA), metadataFile(header, objects));
            return objects.size();
        });
    }

    private JsonNode hashFile(Header header, List<String> hashes) {
        var file = Json.object()
                .put("version", VERSION)
                .put("backup_id", header.backupId())
                .put("volume_id", header.volumeId())
                .put("backup_name", header.name().orElse(null))
                .put("backup_description", header.description().orElse(null))
                .put("created_at", header.createdAt())
                .put("chunk_size", settings.blockBytes());
        var list = file.putArray("sha256s");
        hashes.forEach(list::add);
        return file;
    }

    private static JsonNode metadataFile(Header header, List<BackupObject> objects) {
        var file = Json.object()
                .put("version", VERSION)
                .put("backup_id", header.backupId())
                .put("volume_id", header.volumeId())
                .put("backup_name", header.name().orElse(null))
                .put("backup_description", header.description().orElse(null))
                .put("created_at", header.createdAt())
                .put("parent_id", header.parentId().orElse(null))
                .put("volume_meta", header.volumeMeta());
        var list = file.putArray("objects");
        objects.forEach(o -> list.add(o.json()));
        return file;
    }

    /// The whole file or none, and durable.
    private static void put(Path file, JsonNode json) throws IOException {
        var part = file.resolveSibling(file.getFileName() + ".part");
        Files.write(part, Json.bytes(json));
        BackupObject.durable(part);
        Files.move(part, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    }

    private List<String> blocks(Key parent) {
        var file = read(parent, SHA256);
        int blockBytes = file.path("chunk_size").asInt(0);
        if (blockBytes != settings.blockBytes())
            throw new Invalid("Invalid backup: Hash block size has changed since the last backup. New hash block size: "
                    + settings.blockBytes() + ". Old hash block size: " + blockBytes + ". Do a full backup.");
        var hashes = new ArrayList<String>();
        file.path("sha256s").forEach(h -> hashes.add(h.asString("")));
        return hashes;
    }

    @Override
    public void restore(List<Key> chain, Content volume, boolean blank) {
        guarded(() -> {
            for (int i = 0; i < chain.size(); i++) {
                var key = chain.get(i);
                var objects = objects(key);
                var hashes = new BlockHashes(key.prefix() + SHA256, read(key, SHA256));
                for (var object : objects) copy(folder(key), object, hashes, volume, blank && i == 0);
            }
            volume.force();
            return chain.size();
        });
    }

    /// @param blank whether zeros need not be written
    private static void copy(Path folder, BackupObject object, BlockHashes hashes, Content volume, boolean blank)
            throws IOException {
        var md5 = digest("MD5");
        hashes.begin(object.offset());
        var piece = new byte[PIECE];
        long at = object.offset();
        try (var raw = Files.newInputStream(folder.resolve(object.name()));
                InputStream in = object.compression().equals("none") ? raw : new InflaterInputStream(raw)) {
            for (int n = in.readNBytes(piece, 0, PIECE); n > 0; n = in.readNBytes(piece, 0, PIECE)) {
                md5.update(piece, 0, n);
                hashes.update(piece, n);
                if (!blank || !zeros(piece, n)) volume.write(at, piece, n);
                at += n;
            }
            hashes.end();
        }
        if (at - object.offset() != object.length()
                || !HexFormat.of().formatHex(md5.digest()).equals(object.md5()))
            throw new Unavailable("The backup is damaged.", object.name() + " is not what was written", null);
    }

    private static boolean zeros(byte[] data, int length) {
        for (int i = 0; i < length; i++) if (data[i] != 0) return false;
        return true;
    }

    /// @throws Unavailable what is there is not what the metadata says
    private List<BackupObject> objects(Key key) throws IOException {
        var file = read(key, METADATA);
        if (!file.path("version").asString("").equals(VERSION))
            throw new Unavailable(
                    "No support to restore backup version "
                            + file.path("version").asString(""),
                    key.prefix(),
                    null);
        var objects = new ArrayList<BackupObject>();
        file.path("objects").forEach(o -> objects.add(BackupObject.of(o)));
        for (var object : objects)
            if (!Set.of("none", "zlib", "gzip").contains(object.compression()))
                throw new Unavailable(
                        "unsupported compression algorithm: " + object.compression(), object.name(), null);
        var said = new TreeSet<>(objects.stream().map(BackupObject::name).toList());
        var there = new TreeSet<String>();
        for (var path : entries(key)) there.add(path.getFileName().toString());
        there.removeAll(Set.of(key.prefix() + METADATA, key.prefix() + SHA256));
        if (!there.equals(said))
            throw new Unavailable(
                    "restore_backup aborted, actual object list does not match object list stored in metadata.",
                    key.prefix(),
                    null);
        return objects;
    }

    private JsonNode read(Key key, String suffix) {
        return guarded(() -> {
            var file = folder(key).resolve(key.prefix() + suffix);
            if (!Files.exists(file)) throw new Unavailable("The backup is not there.", "no " + file, null);
            return Json.stored(Files.readString(file));
        });
    }

    @Override
    public String verify(Key key) {
        return guarded(() -> {
            objects(key);
            return read(key, METADATA).path("volume_meta").asString("");
        });
    }

    @Override
    public void delete(Key key) {
        guarded(() -> {
            for (var entry : entries(key)) Files.deleteIfExists(entry);
            // Directories that this left empty; another backup may have made one again meanwhile.
            for (Path at = folder(key); at != null && !at.equals(directory); at = at.getParent()) {
                try {
                    Files.deleteIfExists(at);
                } catch (java.nio.file.DirectoryNotEmptyException e) {
                    break;
                }
            }
            return 0;
        });
    }

    private List<Path> entries(Key key) throws IOException {
        var folder = folder(key);
        if (!Files.isDirectory(folder)) return List.of();
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(f -> f.getFileName().toString().startsWith(key.prefix()))
                    .toList();
        }
    }

    @Override
    public String service() {
        return "cinder.backup.drivers.posix.PosixBackupDriver";
    }

    /// @throws Invalid the container is not a directory below the repository, or the prefix is no name
    private Path folder(Key key) {
        var folder = directory.resolve(key.container()).normalize();
        if (!folder.startsWith(directory)
                || folder.equals(directory)
                || key.prefix().isEmpty()
                || key.prefix().contains("/"))
            throw new Invalid("Invalid input received: the container '" + key.container()
                    + "' is not a directory below the backups' directory.");
        return folder;
    }

    private interface Work<T> {
        T run() throws IOException;
    }

    private static <T> T guarded(Work<T> work) {
        try {
            return work.run();
        } catch (IOException | UncheckedIOException e) {
            boolean full = String.valueOf(e.getMessage()).contains("No space left on device");
            throw new Unavailable(
                    full ? "The backup repository is full." : "The backup repository failed.", String.valueOf(e), e);
        }
    }

    private static String sha256(byte[] data, int length) {
        var digest = digest("SHA-256");
        digest.update(data, 0, length);
        return HexFormat.of().formatHex(digest.digest());
    }

    static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has " + algorithm, e);
        }
    }
}
