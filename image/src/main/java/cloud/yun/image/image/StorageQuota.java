package cloud.yun.image.image;

import cloud.yun.kernel.check.Invariant;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.OverQuota;
import cloud.yun.kernel.quota.Quotas;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// Bytes that the images of a project may have together: Glance's `user_storage_quota`.
public final class StorageQuota implements Invariant {
    private static final String BYTES = "image_size_total";
    private static final Pattern FORM = Pattern.compile("(\\d{1,15})\\s*(B|KB|MB|GB|TB|)");

    private final Database db;
    private final Quotas quotas;
    private final long limit;

    /// @param limit in bytes; 0: any number
    public StorageQuota(Database db, long limit) {
        this.db = db;
        this.limit = limit;
        this.quotas = new Quotas("image", Map.of(BYTES, limit == 0 ? Quotas.UNLIMITED : limit));
    }

    /// @param text a number and perhaps B, KB, MB, GB or TB, which count in 1024s
    /// @return bytes
    public static long bytes(String text) {
        var matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) throw new IllegalArgumentException("'" + text + "' is no size, for example 10GB");
        int power = List.of("B", "KB", "MB", "GB", "TB").indexOf(matcher.group(2));
        return Math.multiplyExact(Long.parseLong(matcher.group(1)), 1L << (10 * Math.max(0, power)));
    }

    /// @throws OverQuota nothing is left
    long remaining(Tx tx, String owner) {
        if (limit == 0) return Long.MAX_VALUE;
        long left = limit - quotas.usage(tx, owner).getOrDefault(BYTES, 0L);
        if (left <= 0) throw full(1, left);
        return left;
    }

    private static OverQuota full(long asked, long left) {
        return new OverQuota(
                "The size of the data " + asked + " will exceed the limit. " + Math.max(0, left) + " bytes remaining.",
                "StorageQuotaFull",
                "");
    }

    /// @throws OverQuota it does not fit
    void take(Tx tx, String owner, long bytes) {
        quotas.take(tx, owner, Map.of(BYTES, bytes), (_, asked, used, most) -> full(asked, most - used));
    }

    void give(Tx tx, Image image) {
        if (image.hasData())
            quotas.give(tx, image.owner(), Map.of(BYTES, image.sizeBytes().orElse(0L)));
    }

    /// An image becomes another project's: the admin who does that is not asked whether it fits.
    void hand(Tx tx, Image image, String newOwner) {
        if (!image.hasData()) return;
        give(tx, image);
        quotas.give(tx, newOwner, Map.of(BYTES, -image.sizeBytes().orElse(0L)));
    }

    @Override
    public String name() {
        return "image: bytes in use are those of the images";
    }

    @Override
    public List<String> violations() {
        return db.read(tx -> {
            var counted = quotas.allUsage(tx);
            var there = new ImageStore(tx).bytesByOwner();
            var owners = new TreeSet<>(there.keySet());
            owners.addAll(counted.keySet());
            var found = new ArrayList<String>();
            for (var owner : owners) {
                long used = counted.getOrDefault(owner, Map.of()).getOrDefault(BYTES, 0L);
                long bytes = there.getOrDefault(owner, 0L);
                if (used != bytes)
                    found.add("project " + owner + ": " + used + " bytes of images are counted, " + bytes + " there");
            }
            return found;
        });
    }
}
