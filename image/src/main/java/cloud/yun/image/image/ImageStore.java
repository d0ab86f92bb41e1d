package cloud.yun.image.image;

import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// SQL of images, their properties and tags.
public final class ImageStore {
    static final String COLUMNS = """
            i.id, i.name, i.status, i.visibility, i.owner, i.size, i.virtual_size, i.checksum, i.os_hash_algo,
            i.os_hash_value, i.disk_format, i.container_format, i.min_disk, i.min_ram, i.protected, i.os_hidden,
            i.created_at, i.updated_at\
            """;
    static final String FROM = "image i";

    private final Tx tx;

    public ImageStore(Tx tx) {
        this.tx = tx;
    }

    private static Image image(Row r) throws SQLException {
        var status = r.string("status");
        return new Image(
                r.string("id"),
                r.optString("name"),
                ImageState.of(status).orElseThrow(() -> new SQLException("unknown status " + status)),
                r.string("visibility"),
                r.string("owner"),
                r.optNumber("size"),
                r.optNumber("virtual_size"),
                r.optString("checksum"),
                r.optString("os_hash_algo"),
                r.optString("os_hash_value"),
                r.optString("disk_format"),
                r.optString("container_format"),
                r.integer("min_disk"),
                r.integer("min_ram"),
                r.bool("protected"),
                r.bool("os_hidden"),
                r.instant("created_at"),
                r.instant("updated_at"),
                Map.of(),
                Set.of());
    }

    public Optional<Image> find(String id) {
        return whole(tx.query("SELECT " + COLUMNS + " FROM " + FROM + " WHERE i.id = ?", ImageStore::image, id))
                .stream()
                .findFirst();
    }

    /// As [#find], and nobody else changes the image until this transaction ends.
    Optional<Image> lock(String id) {
        return whole(tx.query(
                        "SELECT " + COLUMNS + " FROM " + FROM + " WHERE i.id = ?"
                                + tx.dialect().forUpdate(),
                        ImageStore::image,
                        id))
                .stream()
                .findFirst();
    }

    List<Image> list(Select select) {
        return whole(select.list(tx, ImageStore::image));
    }

    private List<Image> whole(List<Image> images) {
        if (images.isEmpty()) return images;
        var ids = images.stream().map(Image::id).toArray();
        var properties = new LinkedHashMap<String, Map<String, String>>();
        var tags = new LinkedHashMap<String, Set<String>>();
        tx.query(
                "SELECT image_id, name, value FROM image_property WHERE image_id IN (" + Tx.marks(ids.length)
                        + ") ORDER BY id",
                r -> properties
                                .computeIfAbsent(r.string("image_id"), _ -> new LinkedHashMap<>())
                                .put(r.string("name"), r.string("value"))
                        == null,
                ids);
        tx.query(
                "SELECT image_id, tag FROM image_tag WHERE image_id IN (" + Tx.marks(ids.length) + ")",
                r -> tags.computeIfAbsent(r.string("image_id"), _ -> new TreeSet<>())
                        .add(r.string("tag")),
                ids);
        return images.stream()
                .map(i -> i.withProperties(
                        properties.getOrDefault(i.id(), Map.of()), tags.getOrDefault(i.id(), Set.of())))
                .toList();
    }

    /// @return false when the id is taken
    boolean insert(Image i) {
        int rows = tx.update(
                """
                INSERT INTO image (id, name, status, visibility, owner, disk_format, container_format, min_disk, min_ram,
                                   protected, os_hidden, created_at, updated_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT DO NOTHING
                """,
                i.id(),
                i.name(),
                i.status().wire(),
                i.visibility(),
                i.owner(),
                i.diskFormat(),
                i.containerFormat(),
                i.minDiskGib(),
                i.minRamMib(),
                i.protect(),
                i.hidden(),
                i.createdAt(),
                i.updatedAt());
        if (rows == 0) return false;
        putProperties(i.id(), Map.of(), i.properties());
        putTags(i.id(), Set.of(), i.tags());
        return true;
    }

    /// Writes what a request may change; `seen` is the row that this transaction locked.
    void update(Image seen, Image i, Instant now) {
        tx.update(
                """
                UPDATE image
                   SET name = ?, visibility = ?, owner = ?, disk_format = ?, container_format = ?, min_disk = ?,
                       min_ram = ?, protected = ?, os_hidden = ?, updated_at = ?
                 WHERE id = ?
                """,
                i.name(),
                i.visibility(),
                i.owner(),
                i.diskFormat(),
                i.containerFormat(),
                i.minDiskGib(),
                i.minRamMib(),
                i.protect(),
                i.hidden(),
                now,
                i.id());
        putProperties(i.id(), seen.properties(), i.properties());
        putTags(i.id(), seen.tags(), i.tags());
    }

    private void putProperties(String id, Map<String, String> before, Map<String, String> after) {
        for (var name : before.keySet())
            if (!after.containsKey(name))
                tx.update("DELETE FROM image_property WHERE image_id = ? AND name = ?", id, name);
        var rows = new ArrayList<Object[]>();
        after.forEach((name, value) -> {
            if (!value.equals(before.get(name))) rows.add(new Object[] {id, name, value});
        });
        tx.batch("""
                INSERT INTO image_property (image_id, name, value) VALUES (?, ?, ?)
                ON CONFLICT (image_id, name) DO UPDATE SET value = excluded.value
                """, rows);
    }

    private void putTags(String id, Set<String> before, Set<String> after) {
        for (var tag : before) if (!after.contains(tag)) deleteTag(id, tag);
        tx.batch(
                "INSERT INTO image_tag (image_id, tag) VALUES (?, ?) ON CONFLICT DO NOTHING",
                after.stream()
                        .filter(t -> !before.contains(t))
                        .map(t -> new Object[] {id, t})
                        .toList());
    }

    boolean deleteTag(String id, String tag) {
        return tx.update("DELETE FROM image_tag WHERE image_id = ? AND tag = ?", id, tag) == 1;
    }

    /// One attempt to bring data.
    ///
    /// @param until when it is given up unless renewed
    record Attempt(String id, String process, Instant until) {}

    /// The only statement that changes a status: whoever comes second changes nothing.
    ///
    /// @param attempt the attempt that owns the image from now on; empty: nobody
    /// @return false when the image is gone or no longer in status `from`
    boolean move(String id, ImageState from, ImageState to, Optional<Attempt> attempt, Instant now) {
        return tx.update(
                        """
                        UPDATE image
                           SET status = ?, attempt = ?, attempt_process = ?, attempt_until = ?, updated_at = ?
                         WHERE id = ? AND status = ?
                        """,
                        to.wire(),
                        attempt.map(Attempt::id),
                        attempt.map(Attempt::process),
                        attempt.map(Attempt::until),
                        now,
                        id,
                        from.wire())
                == 1;
    }

    /// @return false when another attempt, or nobody, owns the image now
    boolean owns(String id, String attempt) {
        return tx.exists("SELECT 1 FROM image WHERE id = ? AND attempt = ?", id, attempt);
    }

    /// As [#owns], and it stays so until this transaction ends.
    boolean lockOwned(String id, String attempt) {
        return tx.exists(
                "SELECT 1 FROM image WHERE id = ? AND attempt = ?"
                        + tx.dialect().forUpdate(),
                id,
                attempt);
    }

    /// @return false when `attempt` no longer owns the image
    boolean takeOver(String id, String attempt, Attempt next) {
        return tx.update("""
                        UPDATE image SET attempt = ?, attempt_process = ?, attempt_until = ?
                         WHERE id = ? AND attempt = ?
                        """, next.id(), next.process(), next.until(), id, attempt) == 1;
    }

    boolean renew(String id, String attempt, Instant until) {
        return tx.update("UPDATE image SET attempt_until = ? WHERE id = ? AND attempt = ?", until, id, attempt) == 1;
    }

    void data(String id, long sizeBytes, Optional<Long> virtualSizeBytes, String md5, String algorithm, String hash) {
        tx.update("""
                UPDATE image
                   SET size = ?, virtual_size = ?, checksum = ?, os_hash_algo = ?, os_hash_value = ?
                 WHERE id = ?
                """, sizeBytes, virtualSizeBytes, md5, algorithm, hash, id);
    }

    /// @return images with an attempt, with the attempt
    Map<String, Attempt> attempts() {
        var found = new LinkedHashMap<String, Attempt>();
        tx.query(
                "SELECT id, attempt, attempt_process, attempt_until FROM image WHERE attempt IS NOT NULL",
                r -> found.put(
                                r.string("id"),
                                new Attempt(
                                        r.string("attempt"), r.string("attempt_process"), r.instant("attempt_until")))
                        == null);
        return found;
    }

    void delete(String id) {
        tx.update("DELETE FROM image WHERE id = ?", id);
    }

    /// @return those of `ids` that are images
    Set<String> existing(Collection<String> ids) {
        if (ids.isEmpty()) return Set.of();
        return new TreeSet<>(tx.query(
                "SELECT id FROM image WHERE id IN (" + Tx.marks(ids.size()) + ")", r -> r.string("id"), ids.toArray()));
    }

    /// @return ids of the images in one of these states
    List<String> in(Collection<ImageState> states) {
        return tx.query(
                "SELECT id FROM image WHERE status IN (" + Tx.marks(states.size()) + ")",
                r -> r.string("id"),
                states.stream().map(ImageState::wire).toArray());
    }

    /// @return bytes of the images with data, by owner
    Map<String, Long> bytesByOwner() {
        var found = new LinkedHashMap<String, Long>();
        tx.query("""
                SELECT owner, SUM(size) AS n FROM image
                 WHERE status IN ('active', 'deactivated') AND size > 0
                 GROUP BY owner
                """, r -> found.put(r.string("owner"), r.number("n")) == null);
        return found;
    }

    /// The house's own properties, whose names no client may use.
    void properties(String id, Map<String, String> values) {
        values.forEach((name, value) -> tx.update("""
                INSERT INTO image_property (image_id, name, value) VALUES (?, ?, ?)
                ON CONFLICT (image_id, name) DO UPDATE SET value = excluded.value
                """, id, name, value));
    }

    void removeProperty(String id, String name) {
        tx.update("DELETE FROM image_property WHERE image_id = ? AND name = ?", id, name);
    }

    /// @return ids, newest first
    List<String> withProperties(String owner, Map<String, String> properties) {
        var sql = new StringBuilder("SELECT i.id FROM image i WHERE i.owner = ?");
        var values = new ArrayList<Object>(List.of(owner));
        properties.forEach((name, value) -> {
            sql.append(" AND EXISTS (SELECT 1 FROM image_property p WHERE p.image_id = i.id AND p.name = ?"
                    + " AND p.value = ?)");
            values.add(name);
            values.add(value);
        });
        return tx.query(sql + " ORDER BY i.created_at DESC, i.id DESC", r -> r.string("id"), values.toArray());
    }
}
