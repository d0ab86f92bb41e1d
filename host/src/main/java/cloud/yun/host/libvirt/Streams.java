package cloud.yun.host.libvirt;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.Function;

/// libvirt's byte streams, read to their end.
final class Streams {
    private static final int CHUNK = 65536;
    private static final int BYTES_MAX = 64 << 20;

    private Streams() {}

    /// @param source the call that fills the stream; its text result is freed
    static byte[] read(MemorySegment connection, Function<MemorySegment, MemorySegment> source) {
        var stream = Native.check(Native.callPointer("virStreamNew", connection, 0));
        try (var arena = Arena.ofConfined()) {
            Native.callFree(Native.check(source.apply(stream)));
            var chunk = arena.allocate(CHUNK);
            var out = new ByteArrayOutputStream();
            int count = receive(stream, chunk);
            while (count > 0 && out.size() < BYTES_MAX) {
                out.writeBytes(chunk.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE));
                count = receive(stream, chunk);
            }
            if (count == 0) Native.check(Native.callInt("virStreamFinish", stream));
            else Native.callInt("virStreamAbort", stream);
            return out.toByteArray();
        } finally {
            Native.callInt("virStreamFree", stream);
        }
    }

    private static int receive(MemorySegment stream, MemorySegment chunk) {
        return Native.check(Native.callInt("virStreamRecv", stream, chunk, (long) CHUNK));
    }
}
