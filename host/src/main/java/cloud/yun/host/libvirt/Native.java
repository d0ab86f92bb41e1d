package cloud.yun.host.libvirt;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Calls into `libvirt.so.0` by name. The C types follow from the Java ones: `int` for flags and counts, `long`
/// for sizes (`unsigned long` is 64 bits on the platforms we run on), text, and pointers.
///
/// One slow path for all: a call is a round trip to a daemon anyway.
final class Native {
    static final MemorySegment NULL = MemorySegment.NULL;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final ConcurrentHashMap<String, MethodHandle> HANDLES = new ConcurrentHashMap<>();

    private Native() {}

    /// Loaded on first use, so that a program without libvirt starts and can say what is missing.
    private static final class Library {
        static final Optional<SymbolLookup> MAIN = load("libvirt.so.0");
        static final Optional<SymbolLookup> QEMU = load("libvirt-qemu.so.0");

        private static Optional<SymbolLookup> load(String name) {
            try {
                return Optional.of(SymbolLookup.libraryLookup(name, Arena.global()));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }
    }

    static boolean available() {
        return Library.MAIN.isPresent();
    }

    static int callInt(String function, Object... arguments) {
        return (int) answer(call(function, JAVA_INT, arguments));
    }

    static long callLong(String function, Object... arguments) {
        return (long) answer(call(function, JAVA_LONG, arguments));
    }

    static MemorySegment callPointer(String function, Object... arguments) {
        return (MemorySegment) answer(call(function, ADDRESS, arguments));
    }

    static void callVoid(String function, Object... arguments) {
        call(function, null, arguments);
    }

    private static Object answer(@Nullable Object result) {
        if (result == null) throw new IllegalStateException("a function with a result gave none");
        return result;
    }

    private static @Nullable Object call(String function, @Nullable MemoryLayout result, Object... arguments) {
        var handle = HANDLES.computeIfAbsent(function, _ -> bind(function, result, arguments));
        try (var arena = Arena.ofConfined()) {
            Object[] passed = arguments.clone();
            for (int i = 0; i < passed.length; i++) {
                if (passed[i] instanceof String text) passed[i] = arena.allocateFrom(text);
            }
            return handle.invokeWithArguments(passed);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(function, e);
        }
    }

    private static MethodHandle bind(String function, @Nullable MemoryLayout result, Object... arguments) {
        var layouts = new MemoryLayout[arguments.length];
        for (int i = 0; i < layouts.length; i++) {
            layouts[i] = switch (arguments[i]) {
                case Integer _ -> JAVA_INT;
                case Long _ -> JAVA_LONG;
                case String _ -> ADDRESS;
                case MemorySegment _ -> ADDRESS;
                default -> throw new IllegalArgumentException(function + ": " + arguments[i].getClass());
            };
        }
        var type = result == null ? FunctionDescriptor.ofVoid(layouts) : FunctionDescriptor.of(result, layouts);
        return LINKER.downcallHandle(symbol(function), type);
    }

    private static MemorySegment symbol(String function) {
        var main = Library.MAIN.orElseThrow(() -> new LibvirtException(
                LibvirtError.NO_LIBRARY, -3, "libvirt.so.0 is not installed (Debian package libvirt0).", false));
        return main.find(function)
                .or(() -> Library.QEMU.flatMap(q -> q.find(function)))
                .or(() -> LINKER.defaultLookup().find(function))
                .orElseThrow(() -> new LibvirtException(
                        LibvirtError.NO_SUPPORT, 3, "This libvirt has no " + function + ".", false));
    }

    /// A C function pointer to a static method of the caller, for as long as the program runs.
    static MemorySegment callback(MethodHandles.Lookup lookup, Class<?> owner, String method, FunctionDescriptor type) {
        try {
            MethodType signature = type.toMethodType();
            return LINKER.upcallStub(lookup.findStatic(owner, method, signature), type, Arena.global());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(method, e);
        }
    }

    static @Nullable String text(MemorySegment pointer) {
        return isNull(pointer) ? null : pointer.reinterpret(Long.MAX_VALUE).getString(0);
    }

    /// The text behind a pointer that libvirt allocated for us, which is freed.
    static String take(MemorySegment pointer) {
        String text = text(pointer);
        callFree(pointer);
        return text == null ? "" : text;
    }

    static void callFree(MemorySegment pointer) {
        try {
            Holder.FREE.invokeExact(pointer);
        } catch (Throwable e) {
            throw new IllegalStateException("free", e);
        }
    }

    private static final class Holder {
        static final MethodHandle FREE = LINKER.downcallHandle(
                LINKER.defaultLookup().find("free").orElseThrow(), FunctionDescriptor.ofVoid(ADDRESS));
    }

    static boolean isNull(MemorySegment pointer) {
        return pointer.address() == 0;
    }

    // ---------------------------------------------------------------- results

    /// @param result what a function that answers -1 on failure answered
    static int check(int result) {
        if (result < 0) throw lastError();
        return result;
    }

    static MemorySegment check(MemorySegment result) {
        if (isNull(result)) throw lastError();
        return result;
    }

    /// The error of this thread's last call: struct `{ int code; int domain; char *message; ... }`.
    static LibvirtException lastError() {
        var pointer = callPointer("virGetLastError");
        if (isNull(pointer)) return new LibvirtException(LibvirtError.OTHER, 0, "libvirt gave no reason.", false);
        var error = pointer.reinterpret(16);
        int number = error.get(JAVA_INT, 0);
        int source = error.get(JAVA_INT, 4);
        String message = text(error.get(ADDRESS, 8));
        var kind = LibvirtError.of(number);
        // VIR_FROM_RPC is 7; a client socket that died says so with an internal error from there.
        boolean lost = kind == LibvirtError.NO_CONNECT
                || kind == LibvirtError.INVALID_CONN
                || (source == 7 && (kind == LibvirtError.INTERNAL_ERROR || kind == LibvirtError.SYSTEM_ERROR))
                || (kind == LibvirtError.SYSTEM_ERROR && message != null && message.contains("socket"));
        return new LibvirtException(kind, number, message == null ? "" : message, lost);
    }
}
