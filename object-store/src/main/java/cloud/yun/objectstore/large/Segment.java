package cloud.yun.objectstore.large;

import cloud.yun.objectstore.base.SwiftPath;
import java.util.Optional;

/// A piece of a large object.
///
/// @param path the object that holds it; empty when `inline` does
/// @param etag that the object must have
/// @param begin first byte of that object
/// @param end exclusive
record Segment(Optional<SwiftPath> path, String etag, long begin, long end, byte[] inline) {
    static Segment inline(byte[] bytes) {
        return new Segment(Optional.empty(), "", 0, bytes.length, bytes);
    }

    static Segment of(SwiftPath path, String etag, long begin, long end) {
        return new Segment(Optional.of(path), etag, begin, end, new byte[0]);
    }

    long length() {
        return end - begin;
    }

    /// @param from counted from the segment's own beginning
    Segment part(long from, long to) {
        return new Segment(path, etag, begin + from, begin + to, inline);
    }
}
