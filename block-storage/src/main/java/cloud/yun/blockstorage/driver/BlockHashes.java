package cloud.yun.blockstorage.driver;

import cloud.yun.kernel.error.CloudException.Unavailable;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// The `_sha256file` of a backup: what each block of the volume was when it was backed up, and must be again.
final class BlockHashes {
    private final String name;
    private final int blockBytes;
    private final List<String> hashes = new ArrayList<>();
    private final MessageDigest digest = PosixBackups.digest("SHA-256");
    private int block;
    private int filled;

    /// @throws Unavailable the file is none of this kind
    BlockHashes(String name, JsonNode file) {
        this.name = name;
        this.blockBytes = file.path("chunk_size").asInt(0);
        if (blockBytes < 1) throw new Unavailable("The backup is damaged.", name + " has no chunk_size", null);
        file.path("sha256s").forEach(h -> hashes.add(h.asString("")));
    }

    /// What comes next lies there in the volume, where a block begins.
    void begin(long offset) {
        block = Math.toIntExact(offset / blockBytes);
        filled = 0;
    }

    /// @throws Unavailable a block is not what it was
    void update(byte[] data, int length) {
        for (int at = 0; at < length; ) {
            int n = Math.min(length - at, blockBytes - filled);
            digest.update(data, at, n);
            at += n;
            filled += n;
            if (filled == blockBytes) check();
        }
    }

    /// The last block of a volume may be short.
    ///
    /// @throws Unavailable it is not what it was
    void end() {
        if (filled > 0) check();
    }

    private void check() {
        var hash = HexFormat.of().formatHex(digest.digest());
        if (block >= hashes.size() || !hashes.get(block).equals(hash))
            throw new Unavailable("The backup is damaged.", "block " + block + " is not the one of " + name, null);
        block++;
        filled = 0;
    }
}
