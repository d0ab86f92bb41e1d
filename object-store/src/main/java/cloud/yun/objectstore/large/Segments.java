package cloud.yun.objectstore.large;

import cloud.yun.kernel.error.CloudException;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.objectstore.base.Call;
import cloud.yun.objectstore.base.SwiftPath;
import cloud.yun.objectstore.object.Objects;
import cloud.yun.objectstore.store.Limited;
import cloud.yun.objectstore.store.ObjectFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.List;

/// The bytes of a large object: those of its segments, one after the other, each opened when its turn comes.
public final class Segments {
    private final Objects objects;
    private final ObjectFiles files;
    private final Call call;
    private final List<Segment> segments;
    private final long length;
    private final String etag;

    Segments(Objects objects, ObjectFiles files, Call call, List<Segment> segments, String etag) {
        this.objects = objects;
        this.files = files;
        this.call = call;
        this.segments = segments;
        this.length = segments.stream().mapToLong(Segment::length).sum();
        this.etag = etag;
    }

    public long length() {
        return length;
    }

    /// @return without quotes
    public String etag() {
        return etag;
    }

    /// @throws Conflict the first segment is not what it was: then nothing is sent at all
    public void require() {
        try {
            for (var segment : segments) {
                if (segment.path().isEmpty()) continue;
                open(segment).close();
                return;
            }
        } catch (IOException e) {
            throw new Conflict("");
        }
    }

    /// @param end exclusive
    public InputStream stream(long begin, long end) {
        var wanted = new ArrayList<Segment>();
        long at = 0;
        for (var segment : segments) {
            long from = Math.max(begin, at);
            long to = Math.min(end, at + segment.length());
            if (from < to) wanted.add(segment.part(from - at, to - at));
            at += segment.length();
        }
        return new Chain(wanted);
    }

    private InputStream open(Segment segment) throws IOException {
        if (segment.path().isEmpty())
            return new ByteArrayInputStream(segment.inline(), (int) segment.begin(), (int) segment.length());
        SwiftPath path = segment.path().get();
        try {
            var object = objects.read(call, path).object();
            if (!object.etag().equals(segment.etag())) throw new IOException("segment " + path + " was changed");
            var channel =
                    files.open(object.dataId()).orElseThrow(() -> new IOException("segment " + path + " has no data"));
            channel.position(segment.begin());
            return Limited.last(Channels.newInputStream(channel), segment.length());
        } catch (CloudException e) {
            throw new IOException("segment " + path + " cannot be read", e);
        }
    }

    private final class Chain extends InputStream {
        private final List<Segment> left;
        private InputStream current = InputStream.nullInputStream();

        Chain(List<Segment> segments) {
            left = new ArrayList<>(segments.reversed());
        }

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int wanted) throws IOException {
            while (true) {
                int n = current.read(bytes, offset, wanted);
                if (n >= 0) return n;
                current.close();
                current = InputStream.nullInputStream();
                if (left.isEmpty()) return -1;
                current = open(left.removeLast());
            }
        }

        @Override
        public void close() throws IOException {
            current.close();
        }
    }
}
