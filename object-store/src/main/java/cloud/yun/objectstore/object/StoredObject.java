package cloud.yun.objectstore.object;

import cloud.yun.objectstore.base.Stamp;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// One object, or one version of it.
///
/// @param dataId the file with its bytes; empty when it has none
/// @param etag MD5 of the bytes in hexadecimal, without quotes
/// @param stamp when the request that wrote it began
/// @param updatedAt when its metadata were written last
/// @param deleteAt seconds since 1970
/// @param slo of a static large object: its bytes here are its manifest
/// @param versioned whether it was written while the container kept versions
/// @param headers metadata and the headers that go out with it, by their names
public record StoredObject(
        long containerId,
        String name,
        String dataId,
        long bytes,
        String etag,
        String contentType,
        Stamp stamp,
        Stamp updatedAt,
        Optional<Long> deleteAt,
        Optional<Slo> slo,
        boolean versioned,
        Map<String, String> headers) {
    public static final String MANIFEST = "X-Object-Manifest";
    public static final String EMPTY_ETAG = "d41d8cd98f00b204e9800998ecf8427e";
    public static final String DELETED_TYPE = "application/x-deleted;swift_versions_deleted=1";

    /// @param bytes of all segments
    /// @param etag of the segments' ETags, without quotes
    public record Slo(long bytes, String etag) {}

    public String versionId() {
        return versioned ? stamp.text() : "null";
    }

    public boolean expired(Instant now) {
        return deleteAt.isPresent() && deleteAt.get() <= now.getEpochSecond();
    }

    public StoredObject in(long otherContainer, String otherName) {
        return new StoredObject(
                otherContainer,
                otherName,
                dataId,
                bytes,
                etag,
                contentType,
                stamp,
                updatedAt,
                deleteAt,
                slo,
                versioned,
                headers);
    }

    public StoredObject at(Stamp time, boolean isVersioned) {
        return new StoredObject(
                containerId, name, dataId, bytes, etag, contentType, time, time, deleteAt, slo, isVersioned, headers);
    }

    public StoredObject with(String type, Optional<Long> deletion, Map<String, String> others, Stamp when) {
        return new StoredObject(
                containerId, name, dataId, bytes, etag, type, stamp, when, deletion, slo, versioned, others);
    }
}
