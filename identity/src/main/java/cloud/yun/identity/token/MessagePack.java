package cloud.yun.identity.token;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The part of MessagePack that Keystone's payloads are made of: nil (an empty Optional;
/// read as empty text), integers, doubles, booleans, bytes, text, arrays.
///
/// @see <a href="https://github.com/msgpack/msgpack/blob/master/spec.md">the MessagePack specification</a>
final class MessagePack {
    private static final int DEPTH_MAX = 4;

    static final class Malformed extends Exception {
        Malformed(String message) {
            super(message);
        }
    }

    private MessagePack() {}

    static byte[] pack(List<?> values) {
        var out = new ByteArrayOutputStream();
        write(out, values);
        return out.toByteArray();
    }

    private static void write(ByteArrayOutputStream out, Object value) {
        switch (value) {
            case Optional<?> nothing when nothing.isEmpty() -> out.write(0xc0);
            case Boolean b -> out.write(b ? 0xc3 : 0xc2);
            case Integer i when i >= 0 && i < 128 -> out.write(i);
            case Integer i
            when i >= 0 && i < 256 -> {
                out.write(0xcc);
                out.write(i);
            }
            case Integer i -> {
                out.write(0xd2);
                out.writeBytes(ByteBuffer.allocate(4).putInt(i).array());
            }
            case Double d -> {
                out.write(0xcb);
                out.writeBytes(ByteBuffer.allocate(8).putDouble(d).array());
            }
            case byte[] bytes -> {
                out.write(0xc4);
                out.write(bytes.length);
                out.writeBytes(bytes);
            }
            case String text -> {
                var bytes = text.getBytes(StandardCharsets.UTF_8);
                if (bytes.length < 32) out.write(0xa0 | bytes.length);
                else {
                    out.write(0xd9);
                    out.write(bytes.length);
                }
                out.writeBytes(bytes);
            }
            case List<?> list -> {
                if (list.size() < 16) out.write(0x90 | list.size());
                else {
                    out.write(0xdc);
                    out.write(list.size() >> 8);
                    out.write(list.size());
                }
                list.forEach(v -> write(out, v));
            }
            default -> throw new IllegalArgumentException("cannot pack a " + value.getClass());
        }
    }

    static List<?> unpack(byte[] bytes) throws Malformed {
        try {
            var in = ByteBuffer.wrap(bytes);
            if (read(in, 0) instanceof List<?> list && !in.hasRemaining()) return list;
            throw new Malformed("not one array");
        } catch (BufferUnderflowException e) {
            throw new Malformed("cut short");
        }
    }

    private static Object read(ByteBuffer in, int depth) throws Malformed {
        if (depth > DEPTH_MAX) throw new Malformed("too deep");
        int type = in.get() & 0xff;
        if (type < 0x80) return type;
        if (type >= 0xe0) return type - 256;
        if ((type & 0xf0) == 0x90) return array(in, type & 0x0f, depth);
        if ((type & 0xe0) == 0xa0) return text(in, type & 0x1f);
        return switch (type) {
            case 0xc0 -> "";
            case 0xc2 -> false;
            case 0xc3 -> true;
            case 0xc4, 0xd9 -> type == 0xc4 ? bytes(in, in.get() & 0xff) : text(in, in.get() & 0xff);
            case 0xc5 -> bytes(in, in.getShort() & 0xffff);
            case 0xda -> text(in, in.getShort() & 0xffff);
            case 0xca -> (double) in.getFloat();
            case 0xcb -> in.getDouble();
            case 0xcc -> in.get() & 0xff;
            case 0xcd -> in.getShort() & 0xffff;
            case 0xce, 0xd2 -> in.getInt();
            case 0xdc -> array(in, in.getShort() & 0xffff, depth);
            default -> throw new Malformed("type " + type);
        };
    }

    private static List<Object> array(ByteBuffer in, int size, int depth) throws Malformed {
        if (size > in.remaining()) throw new Malformed("array of " + size);
        var list = new ArrayList<Object>(size);
        for (int i = 0; i < size; i++) list.add(read(in, depth + 1));
        return list;
    }

    private static byte[] bytes(ByteBuffer in, int length) throws Malformed {
        if (length > in.remaining()) throw new Malformed("bytes of " + length);
        var found = new byte[length];
        in.get(found);
        return found;
    }

    private static String text(ByteBuffer in, int length) throws Malformed {
        return new String(bytes(in, length), StandardCharsets.UTF_8);
    }
}
