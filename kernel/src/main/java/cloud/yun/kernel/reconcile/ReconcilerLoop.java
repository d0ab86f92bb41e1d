package cloud.yun.kernel.reconcile;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs one reconciler every period, or sooner when woken. Never two passes at once in this process.
public final class ReconcilerLoop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReconcilerLoop.class);
    private static final long STOP_SECONDS_MAX = 5;

    private final Reconciler reconciler;
    private final Semaphore wake = new Semaphore(0);
    private final Thread thread;

    public ReconcilerLoop(Reconciler reconciler) {
        this.reconciler = reconciler;
        this.thread = Thread.ofVirtual().name("reconcile-" + reconciler.name()).unstarted(this::loop);
    }

    /// Makes the next pass sooner; says nothing about why, on purpose.
    public void wake() {
        wake.release();
    }

    public void start() {
        thread.start();
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(STOP_SECONDS_MAX));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void loop() {
        try {
            while (true) {
                boolean woken = wake.tryAcquire(reconciler.period().toMillis(), TimeUnit.MILLISECONDS);
                if (woken) wake.drainPermits(); // ten wake-ups need one pass
                try {
                    reconciler.reconcile();
                } catch (RuntimeException e) { // the loop outlives a pass that failed
                    if (Thread.currentThread().isInterrupted()) return;
                    LOG.error("reconciler {}: pass failed", reconciler.name(), e);
                }
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
