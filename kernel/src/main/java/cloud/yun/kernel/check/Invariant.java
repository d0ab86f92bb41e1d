package cloud.yun.kernel.check;

import java.util.List;

/// Something that must hold whenever no request is at work: no orphan, no leak, no drift.
///
/// A check only looks. Work in flight is not a violation: a check leaves out what a flow that has not ended still
/// owns.
public interface Invariant {
    /// @return a name for the report, for example `compute: domains have servers`
    String name();

    /// @return one sentence for each violation, with the ids of what is wrong; empty when it holds
    List<String> violations();
}
