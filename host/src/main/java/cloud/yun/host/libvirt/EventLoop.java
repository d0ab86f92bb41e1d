package cloud.yun.host.libvirt;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// libvirt's event loop, one per program, on a thread of its own; and the C functions libvirt calls from it.
///
/// A connection is named to C by a number, not by a pointer: an event that comes after it was closed finds
/// nothing.
final class EventLoop {
    private static final Logger LOG = LoggerFactory.getLogger(EventLoop.class);
    private static final Map<Long, Libvirt> CONNECTIONS = new ConcurrentHashMap<>();
    private static final AtomicLong NUMBERS = new AtomicLong();

    private static final int LIFECYCLE = 0;
    private static final int REBOOT = 1;
    private static final int BLOCK_JOB_2 = 16;
    private static final int DEVICE_REMOVED = 15;
    private static final int AGENT_LIFECYCLE = 18;
    private static final int DEVICE_ADDED = 19;
    private static final int DEVICE_REMOVAL_FAILED = 22;

    private static boolean running;

    private EventLoop() {}

    /// Must come before the first connection is opened: libvirt ties a connection to the loop it finds then.
    static synchronized void start() {
        if (running) return;
        if (!Native.available()) {
            throw new LibvirtException(
                    LibvirtError.NO_LIBRARY, -3, "libvirt.so.0 is not installed (Debian package libvirt0).", false);
        }
        Native.check(Native.callInt("virInitialize"));
        // libvirt writes each error to standard error unless it is given a function: ours says nothing.
        setQuiet();
        Native.check(Native.callInt("virEventRegisterDefaultImpl"));
        // The loop sleeps until something happens on a descriptor or a timer is due; without one it could sleep
        // through
        // the registration of the first. A timer of one second bounds that.
        Native.check(Native.callInt(
                "virEventAddTimeout",
                1000,
                Native.callback(
                        MethodHandles.lookup(),
                        EventLoop.class,
                        "onTimer",
                        FunctionDescriptor.ofVoid(JAVA_INT, ADDRESS)),
                Native.NULL,
                Native.NULL));
        var thread = new Thread(EventLoop::run, "libvirt-events");
        thread.setDaemon(true);
        thread.start();
        running = true;
    }

    private static void setQuiet() {
        var quiet = Native.callback(
                MethodHandles.lookup(), EventLoop.class, "onError", FunctionDescriptor.ofVoid(ADDRESS, ADDRESS));
        Native.callVoid("virSetErrorFunc", Native.NULL, quiet);
    }

    private static void run() {
        while (Native.callInt("virEventRunDefaultImpl") == 0) {}
        LOG.error("libvirt's event loop ended: {}", Native.lastError().getMessage());
    }

    static long register(Libvirt connection) {
        long number = NUMBERS.incrementAndGet();
        CONNECTIONS.put(number, connection);
        return number;
    }

    static void unregister(long number) {
        CONNECTIONS.remove(number);
    }

    /// Asks libvirt for the events of a connection.
    ///
    /// @return the ids to deregister
    static int[] subscribe(MemorySegment connection, long number) {
        int[] kinds = {
            LIFECYCLE, REBOOT, DEVICE_REMOVED, BLOCK_JOB_2, AGENT_LIFECYCLE, DEVICE_ADDED, DEVICE_REMOVAL_FAILED
        };
        int[] ids = new int[kinds.length];
        for (int i = 0; i < kinds.length; i++) {
            ids[i] = Native.callInt(
                    "virConnectDomainEventRegisterAny",
                    connection,
                    Native.NULL,
                    kinds[i],
                    Callbacks.of(kinds[i]),
                    MemorySegment.ofAddress(number),
                    Native.NULL);
        }
        return ids;
    }

    static MemorySegment closeCallback() {
        return Callbacks.CLOSE;
    }

    /// Function pointers, made once.
    private static final class Callbacks {
        private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();
        static final MemorySegment CLOSE = make("onClose", FunctionDescriptor.ofVoid(ADDRESS, JAVA_INT, ADDRESS));
        private static final MemorySegment LIFECYCLES =
                make("onLifecycle", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS));
        private static final MemorySegment REBOOTS =
                make("onReboot", FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, ADDRESS));
        private static final MemorySegment REMOVALS =
                make("onDeviceRemoved", FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, ADDRESS, ADDRESS));
        private static final MemorySegment ADDITIONS =
                make("onDeviceAdded", FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, ADDRESS, ADDRESS));
        private static final MemorySegment FAILED_REMOVALS =
                make("onDeviceRemovalFailed", FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, ADDRESS, ADDRESS));
        private static final MemorySegment BLOCK_JOBS =
                make("onBlockJob", FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS));
        private static final MemorySegment AGENTS =
                make("onAgent", FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS));

        private static MemorySegment make(String method, FunctionDescriptor type) {
            return Native.callback(LOOKUP, EventLoop.class, method, type);
        }

        static MemorySegment of(int kind) {
            return switch (kind) {
                case LIFECYCLE -> LIFECYCLES;
                case REBOOT -> REBOOTS;
                case DEVICE_REMOVED -> REMOVALS;
                case DEVICE_ADDED -> ADDITIONS;
                case DEVICE_REMOVAL_FAILED -> FAILED_REMOVALS;
                case BLOCK_JOB_2 -> BLOCK_JOBS;
                case AGENT_LIFECYCLE -> AGENTS;
                default -> throw new IllegalArgumentException("event " + kind);
            };
        }
    }

    // ---------------------------------------------------------------- called by C; nothing may be thrown

    static void onTimer(int timer, MemorySegment opaque) {}

    static void onError(MemorySegment user, MemorySegment error) {}

    static void onClose(MemorySegment connection, int reason, MemorySegment number) {
        var found = CONNECTIONS.get(number.address());
        if (found != null) found.connectionClosed(reason);
    }

    static int onLifecycle(
            MemorySegment connection, MemorySegment domain, int event, int detail, MemorySegment number) {
        emit(
                domain,
                number,
                (uuid, name) -> new DomainEvent.Lifecycle(uuid, name, DomainEvent.Lifecycle.Kind.of(event), detail));
        return 0;
    }

    static void onReboot(MemorySegment connection, MemorySegment domain, MemorySegment number) {
        emit(domain, number, DomainEvent.Rebooted::new);
    }

    static void onDeviceRemoved(
            MemorySegment connection, MemorySegment domain, MemorySegment alias, MemorySegment number) {
        String device = orEmpty(Native.text(alias));
        emit(domain, number, (uuid, name) -> new DomainEvent.DeviceRemoved(uuid, name, device));
    }

    static void onDeviceAdded(
            MemorySegment connection, MemorySegment domain, MemorySegment alias, MemorySegment number) {
        String device = orEmpty(Native.text(alias));
        emit(domain, number, (uuid, name) -> new DomainEvent.DeviceAdded(uuid, name, device));
    }

    static void onDeviceRemovalFailed(
            MemorySegment connection, MemorySegment domain, MemorySegment alias, MemorySegment number) {
        String device = orEmpty(Native.text(alias));
        emit(domain, number, (uuid, name) -> new DomainEvent.DeviceRemovalFailed(uuid, name, device));
    }

    static void onBlockJob(
            MemorySegment connection,
            MemorySegment domain,
            MemorySegment disk,
            int type,
            int status,
            MemorySegment number) {
        String target = orEmpty(Native.text(disk));
        emit(
                domain,
                number,
                (uuid, name) -> new DomainEvent.BlockJob(uuid, name, target, DomainEvent.BlockJob.Status.of(status)));
    }

    static void onAgent(MemorySegment connection, MemorySegment domain, int state, int reason, MemorySegment number) {
        emit(domain, number, (uuid, name) -> new DomainEvent.AgentConnection(uuid, name, state == 1));
    }

    private interface Maker {
        DomainEvent make(UUID uuid, String name);
    }

    private static void emit(MemorySegment domain, MemorySegment number, Maker maker) {
        try {
            Optional.ofNullable(CONNECTIONS.get(number.address()))
                    .ifPresent(c -> c.received(maker.make(Domain.uuidOf(domain), Domain.nameOf(domain))));
        } catch (RuntimeException e) {
            LOG.error("a libvirt event was lost", e);
        }
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
