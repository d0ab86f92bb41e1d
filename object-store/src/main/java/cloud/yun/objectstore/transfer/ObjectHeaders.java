package cloud.yun.objectstore.transfer;

import cloud.yun.objectstore.base.Wire;
import cloud.yun.objectstore.object.StoredObject;
import java.util.LinkedHashMap;
import java.util.Map;

/// The headers with which an object goes out.
public final class ObjectHeaders {
    private ObjectHeaders() {}

    /// @param etag as it stands in the header, with quotes or without
    /// @param versioned whether the container has ever kept versions
    public static Map<String, String> of(StoredObject object, String etag, boolean versioned) {
        var headers = new LinkedHashMap<String, String>();
        object.headers().forEach((name, value) -> headers.put(name, Wire.encode(value)));
        headers.put("Content-Type", Wire.encode(object.contentType()));
        headers.put("Etag", etag);
        headers.put("Last-Modified", object.updatedAt().http());
        headers.put("X-Timestamp", object.updatedAt().text());
        headers.put("Accept-Ranges", "bytes");
        object.deleteAt().ifPresent(d -> headers.put("X-Delete-At", Long.toString(d)));
        if (object.slo().isPresent()) headers.put("X-Static-Large-Object", "True");
        if (versioned) headers.put("X-Object-Version-Id", object.versionId());
        return headers;
    }
}
