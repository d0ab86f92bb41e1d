package cloud.yun.kernel.reconcile;

import java.time.Duration;

/// Compares what is with what should be, and takes one task closer.
///
/// A pass takes no input, on purpose: what to do is read from the database, so a pass after a crash, on another
/// process or after a lost message does the same as the first one.
public interface Reconciler {
    /// @return a name for logs and metrics, for example `power-state-sync`
    String name();

    Duration period();

    /// One pass. No retry inside: the next period is the retry.
    void reconcile();
}
