package cloud.yun.network.linuxbridge;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/// Locks by name, of a bounded number: two names may share one. Never taken inside one another.
final class Striped {
    private final ReentrantLock[] locks =
            IntStream.range(0, 64).mapToObj(_ -> new ReentrantLock()).toArray(ReentrantLock[]::new);

    void run(String name, Runnable body) {
        get(name, () -> {
            body.run();
            return true;
        });
    }

    <T> T get(String name, Supplier<T> body) {
        var lock = locks[Math.floorMod(name.hashCode(), locks.length)];
        lock.lock();
        try {
            return body.get();
        } finally {
            lock.unlock();
        }
    }
}
