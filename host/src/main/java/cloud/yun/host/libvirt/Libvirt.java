package cloud.yun.host.libvirt;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A connection to one libvirt, kept open: when the daemon goes away and comes back, so does the connection.
public final class Libvirt implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Libvirt.class);

    /// @param threads native calls at one time; libvirtd itself serves 5 of one client unless configured
    /// otherwise
    /// @param callDeadline for one call, time in the queue included
    /// @param keepAliveSeconds the daemon is asked this often whether it lives, and given up after 5 times
    public record Options(int threads, Duration callDeadline, int keepAliveSeconds) {
        public static final Options DEFAULTS = new Options(10, Duration.ofSeconds(60), 5);
    }

    /// A listener that hears events until this is closed.
    public interface Subscription extends AutoCloseable {
        @Override
        void close();
    }

    /// What to do on the pool, with the native connection.
    interface Call<T> {
        T with(MemorySegment connection);
    }

    private static final Duration RECONNECT_STEP = Duration.ofMillis(500);

    private final String uri;
    private final Options options;
    private final ExecutorService pool;
    private final long number;
    /// Opens, drops and opens again the connection that listens; a daemon that hangs holds up nobody else.
    private final ExecutorService ear;
    private final ThreadLocal<@Nullable MemorySegment> own = new ThreadLocal<>();
    private final Set<MemorySegment> opened = ConcurrentHashMap.newKeySet();
    private final List<Consumer<DomainEvent>> listeners = new CopyOnWriteArrayList<>();
    private final LinkedBlockingQueue<DomainEvent> events = new LinkedBlockingQueue<>();
    private final Thread dispatcher;

    /// Of the thread `ear` alone, as the next two.
    private @Nullable MemorySegment listener;

    private int[] subscriptions = {};
    private boolean connectedBefore;
    private volatile boolean listening;
    private volatile boolean closed;

    private Libvirt(String uri, Options options) {
        this.uri = uri;
        this.options = options;
        this.pool = Executors.newFixedThreadPool(
                options.threads(),
                Thread.ofPlatform().daemon().name("libvirt-", 1).factory());
        this.ear = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name("libvirt-ear").factory());
        this.number = EventLoop.register(this);
        this.dispatcher = Thread.ofVirtual().name("libvirt-listeners").start(this::dispatch);
    }

    public static Libvirt connect(String uri) {
        return connect(uri, Options.DEFAULTS);
    }

    /// Connects, or fails: only a connection that stood once is restored by itself.
    ///
    /// @param uri `qemu:///system`; `qemu+unix:///system?socket=PATH`; `test:///default` for libvirt's own
    ///   simulation
    public static Libvirt connect(String uri, Options options) {
        EventLoop.start();
        var libvirt = new Libvirt(uri, options);
        try {
            libvirt.await(libvirt.ear.submit(libvirt::listen, true), options.callDeadline());
            return libvirt;
        } catch (RuntimeException e) {
            libvirt.close();
            throw e;
        }
    }

    public String uri() {
        return uri;
    }

    // ---------------------------------------------------------------- domains

    public List<Domain> domains() {
        return call(c -> {
            try (var arena = Arena.ofConfined()) {
                var array = arena.allocate(ADDRESS);
                int count = Native.check(Native.callInt("virConnectListAllDomains", c, array, 0));
                var pointers = array.get(ADDRESS, 0).reinterpret(ADDRESS.byteSize() * Math.max(count, 1));
                var found = new ArrayList<Domain>();
                for (int i = 0; i < count; i++) {
                    var pointer = pointers.getAtIndex(ADDRESS, i);
                    found.add(domainOf(pointer));
                    Native.callInt("virDomainFree", pointer);
                }
                Native.callFree(array.get(ADDRESS, 0));
                return found;
            }
        });
    }

    public Optional<Domain> find(UUID uuid) {
        return find("virDomainLookupByUUIDString", uuid.toString());
    }

    public Optional<Domain> find(String name) {
        return find("virDomainLookupByName", name);
    }

    private Optional<Domain> find(String function, String key) {
        return call(c -> {
            var pointer = Native.callPointer(function, c, key);
            if (Native.isNull(pointer)) {
                var error = Native.lastError();
                if (error.is(LibvirtError.NO_DOMAIN)) return Optional.empty();
                throw error;
            }
            var domain = domainOf(pointer);
            Native.callInt("virDomainFree", pointer);
            return Optional.of(domain);
        });
    }

    /// The calls of a domain, whether or not it exists: they fail with `NO_DOMAIN` when it does not.
    public Domain domain(UUID uuid) {
        return new Domain(this, uuid);
    }

    /// Writes the persistent definition of a domain; one of the same UUID and name is replaced.
    public Domain define(String xml) {
        return call(c -> {
            var pointer = Native.check(Native.callPointer("virDomainDefineXMLFlags", c, xml, 0));
            var domain = domainOf(pointer);
            Native.callInt("virDomainFree", pointer);
            return domain;
        });
    }

    private Domain domainOf(MemorySegment pointer) {
        return new Domain(this, Domain.uuidOf(pointer));
    }

    public Secrets secrets() {
        return new Secrets(this);
    }

    // ---------------------------------------------------------------- the host

    public String hostname() {
        return call(c -> Native.take(Native.check(Native.callPointer("virConnectGetHostname", c))));
    }

    /// @return version of QEMU as libvirt writes it: major * 1 000 000 + minor * 1 000 + release
    public long hypervisorVersion() {
        return version("virConnectGetVersion");
    }

    /// @return version of the libvirt daemon, in the same form
    public long libvirtVersion() {
        return version("virConnectGetLibVersion");
    }

    private long version(String function) {
        return call(c -> {
            try (var arena = Arena.ofConfined()) {
                var value = arena.allocate(JAVA_LONG);
                Native.check(Native.callInt(function, c, value));
                return value.get(JAVA_LONG, 0);
            }
        });
    }

    public NodeInfo nodeInfo() {
        return call(c -> {
            try (var arena = Arena.ofConfined()) {
                // struct { char model[32]; unsigned long memory; unsigned cpus, mhz, nodes, sockets, cores, threads; }
                var info = arena.allocate(64);
                Native.check(Native.callInt("virNodeGetInfo", c, info));
                return new NodeInfo(
                        info.getString(0),
                        info.get(JAVA_LONG, 32),
                        info.get(JAVA_INT, 40),
                        info.get(JAVA_INT, 44),
                        info.get(JAVA_INT, 48),
                        info.get(JAVA_INT, 52),
                        info.get(JAVA_INT, 56),
                        info.get(JAVA_INT, 60));
            }
        });
    }

    /// @return capabilities of the host as XML
    public String capabilities() {
        return call(c -> Native.take(Native.check(Native.callPointer("virConnectGetCapabilities", c))));
    }

    /// @param machine `q35`, `pc`
    /// @param virtType `kvm` or `qemu`
    /// @return what guests of that kind may have, as XML
    public String domainCapabilities(String arch, String machine, String virtType) {
        return call(c -> Native.take(Native.check(
                Native.callPointer("virConnectGetDomainCapabilities", c, Native.NULL, arch, machine, virtType, 0))));
    }

    // ---------------------------------------------------------------- events

    /// Hears all events of this connection, one after the other, on a virtual thread of its own. A listener that
    /// is slow delays the others, not libvirt.
    ///
    /// @return ends it when closed
    public Subscription onEvent(Consumer<DomainEvent> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    void received(DomainEvent event) {
        events.add(event);
    }

    private void dispatch() {
        try {
            while (!closed) {
                var event = events.take();
                for (var listener : listeners) {
                    try {
                        listener.accept(event);
                    } catch (RuntimeException e) {
                        LOG.error("a listener failed on {}", event, e);
                    }
                }
            }
        } catch (InterruptedException e) {
            // close() ends us this way.
            Thread.currentThread().interrupt();
        }
    }

    // ---------------------------------------------------------------- the connection

    /// @return whether the daemon was there when it was last heard of
    public boolean alive() {
        return listening;
    }

    private static boolean alive(@Nullable MemorySegment pointer) {
        return pointer != null && Native.callInt("virConnectIsAlive", pointer) == 1;
    }

    <T> T call(Call<T> work) {
        return call(options.callDeadline(), work);
    }

    /// Runs a native call on the pool.
    ///
    /// @throws LibvirtException libvirt's error, or `DEADLINE` or `INTERRUPTED`: then the call may still be
    /// under
    ///   way
    <T> T call(Duration deadline, Call<T> work) {
        if (closed) throw new LibvirtException(LibvirtError.INVALID_CONN, 6, "The connection was closed.", true);
        return await(pool.submit(() -> work.with(mine())), deadline);
    }

    private <T> T await(Future<T> future, Duration deadline) {
        try {
            return future.get(deadline.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof LibvirtException cause) {
                // The stack of the pool's thread tells nothing about who asked.
                cause.addSuppressed(new IllegalStateException("asked here"));
                throw cause;
            }
            throw new IllegalStateException("libvirt call", e.getCause());
        } catch (TimeoutException e) {
            future.cancel(false);
            throw new LibvirtException(
                    LibvirtError.DEADLINE, -1, "libvirt did not answer within " + deadline + ".", false);
        } catch (InterruptedException e) {
            future.cancel(false);
            Thread.currentThread().interrupt();
            throw new LibvirtException(LibvirtError.INTERRUPTED, -2, "Interrupted while waiting for libvirt.", false);
        }
    }

    /// The connection of this thread of the pool.
    ///
    /// No two threads share one: in libvirt before 10.4 (CVE-2024-4418) a thread that is woken during its call, by
    /// another call or by a sign of life that is due, leaves a pointer to its stack behind, and the next call
    /// on that connection writes there.
    private MemorySegment mine() {
        var current = own.get();
        if (alive(current)) return current;
        if (current != null) {
            own.remove();
            opened.remove(current);
            Native.callInt("virConnectClose", current);
        }
        var fresh = Native.check(Native.callPointer("virConnectOpen", uri));
        own.set(fresh);
        opened.add(fresh);
        return fresh;
    }

    /// Opens the connection that only listens, on the thread of its own.
    private void listen() {
        if (closed || alive(listener)) return;
        drop();
        var fresh = Native.check(Native.callPointer("virConnectOpen", uri));
        listener = fresh;
        listening = true; // first, so that a daemon that goes away meanwhile is not taken for one that is there
        try {
            Native.check(Native.callInt(
                    "virConnectRegisterCloseCallback",
                    fresh,
                    EventLoop.closeCallback(),
                    MemorySegment.ofAddress(number),
                    Native.NULL));
            subscriptions = EventLoop.subscribe(fresh, number);
            // Last, so that no sign of life is due during a call of this connection.
            keepAlive(fresh);
        } catch (LibvirtException e) {
            drop();
            throw e;
        }
        if (connectedBefore) {
            LOG.info("connected to {} again", uri);
            received(new DomainEvent.ConnectionRestored());
        }
        connectedBefore = true;
    }

    private void keepAlive(MemorySegment fresh) {
        if (Native.callInt("virConnectSetKeepAlive", fresh, options.keepAliveSeconds(), 5) < 0) {
            var error = Native.lastError();
            // libvirt's own simulation has no daemon whose life could be watched.
            if (!error.is(LibvirtError.NO_SUPPORT)) throw error;
        }
    }

    /// Callbacks hold the connection open, so they go first. On a dead one these calls fail, and that is all
    /// right.
    private void drop() {
        listening = false;
        var old = listener;
        if (old == null) return;
        listener = null;
        for (int id : subscriptions) {
            if (id >= 0) Native.callInt("virConnectDomainEventDeregisterAny", old, id);
        }
        subscriptions = new int[0];
        Native.callInt("virConnectUnregisterCloseCallback", old, EventLoop.closeCallback());
        Native.callInt("virConnectClose", old);
    }

    /// Called on the event loop: it must not wait there.
    void connectionClosed(int reason) {
        listening = false;
        if (closed) return;
        LOG.warn("lost the connection to {} (reason {})", uri, reason);
        try {
            ear.execute(this::reconnect);
        } catch (RejectedExecutionException e) { // C called us: nothing may be thrown
            LOG.debug("the connection is being closed", e);
        }
    }

    private void reconnect() {
        try {
            while (!closed && !listening) {
                try {
                    listen();
                    return;
                } catch (LibvirtException e) {
                    LOG.debug("{} is still away: {}", uri, e.getMessage());
                    Thread.sleep(RECONNECT_STEP);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Ends the connection. Domains go on running.
    @Override
    public void close() {
        if (closed) return;
        closed = true;
        dispatcher.interrupt();
        ear.execute(this::drop);
        ear.shutdown();
        pool.shutdown();
        try {
            // A thread that still waits for libvirt keeps its connection.
            if (pool.awaitTermination(10, TimeUnit.SECONDS) && ear.awaitTermination(10, TimeUnit.SECONDS))
                opened.forEach(c -> Native.callInt("virConnectClose", c));
            else LOG.warn("calls to {} are still under way", uri);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        EventLoop.unregister(number);
    }
}
