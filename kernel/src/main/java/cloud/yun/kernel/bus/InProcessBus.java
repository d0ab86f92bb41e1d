package cloud.yun.kernel.bus;

import cloud.yun.kernel.error.CloudException.Unavailable;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The bus of a cloud in one process: a message is a method call on a thread of its own, with the same deadlines.
public final class InProcessBus implements Bus {
    private static final Logger LOG = LoggerFactory.getLogger(InProcessBus.class);

    private final Map<String, List<Server>> servers = new ConcurrentHashMap<>();
    private final AtomicInteger turn = new AtomicInteger();

    @Override
    public Subscription serve(String topic, Server server) {
        var all = servers.computeIfAbsent(topic, _ -> new CopyOnWriteArrayList<>());
        all.add(server);
        return () -> all.remove(server);
    }

    @Override
    public <R> R call(String topic, Object message, Class<R> reply, Duration timeout) {
        var all = servers.getOrDefault(topic, List.of());
        if (all.isEmpty()) throw new Unavailable("The host is not reachable.", "nobody serves " + topic, null);
        var server = all.get(Math.floorMod(turn.getAndIncrement(), all.size()));
        var done = new CompletableFuture<Object>();
        var thread = Thread.ofVirtual().name("bus-" + topic).start(() -> {
            try {
                done.complete(server.handle(message));
            } catch (RuntimeException | Error e) {
                done.completeExceptionally(e);
            }
        });
        try {
            return reply.cast(done.get(timeout.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            thread.interrupt();
            throw new Unavailable(
                    "The host did not answer in time.",
                    topic + " " + message.getClass().getSimpleName() + " after " + timeout,
                    e);
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
            throw new Unavailable("The service is stopping.", "interrupted in a call", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException r) throw r;
            if (e.getCause() instanceof Error r) throw r;
            throw new IllegalStateException(e.getCause());
        }
    }

    @Override
    public void cast(String topic, Object message) {
        var all = servers.getOrDefault(topic, List.of());
        if (!all.isEmpty()) deliver(topic, all.get(Math.floorMod(turn.getAndIncrement(), all.size())), message);
    }

    @Override
    public void fanout(String topic, Object message) {
        servers.forEach((name, all) -> {
            if (name.equals(topic) || name.startsWith(topic + "."))
                for (var server : all) deliver(name, server, message);
        });
    }

    private static void deliver(String topic, Server server, Object message) {
        Thread.ofVirtual().name("bus-" + topic).start(() -> {
            try {
                server.handle(message);
            } catch (RuntimeException e) {
                LOG.error("{} could not handle {}", topic, message.getClass().getSimpleName(), e);
            }
        });
    }
}
