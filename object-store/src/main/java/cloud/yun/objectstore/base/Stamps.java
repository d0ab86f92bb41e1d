package cloud.yun.objectstore.base;

import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/// Gives out moments, each later than the one before, so that of two writers in this process one is the later.
public final class Stamps {
    private final Clock clock;
    private final AtomicLong last = new AtomicLong();

    public Stamps(Clock clock) {
        this.clock = clock;
    }

    public Stamp next() {
        long now = Stamp.of(clock.instant()).micros();
        return new Stamp(last.updateAndGet(l -> Math.max(l + 10, now)));
    }

    public Instant now() {
        return clock.instant();
    }
}
