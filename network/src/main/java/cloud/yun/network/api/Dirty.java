package cloud.yun.network.api;

import cloud.yun.kernel.db.Tx;

/// Remembers, in the transaction of a change, that a host does not know it yet.
///
/// One row stands for any number of changes to one object: what is sent later is the whole wanted state.
public final class Dirty {
    public enum Kind {
        /// A port: its filter, or that it is to go. Detail: its network.
        PORT,
        /// Who is in a security group. Host: any, which becomes one for each host that keeps the group.
        GROUP,
        /// DHCP of a network.
        DHCP,
        ROUTER,
        /// Where the ports of a network live, for tunnels. Host: any.
        PEERS
    }

    /// For objects that concern several hosts; which ones is found when it is applied.
    public static final String ANY = "";

    private volatile Runnable wake = () -> {};

    /// @param newWake called when a dirty row has become durable; quick, never fails
    public void onMark(Runnable newWake) {
        wake = newWake;
    }

    public void mark(Tx tx, Kind kind, String objectId, String host, String detail) {
        new DirtyStore(tx).mark(kind, objectId, host, detail);
        tx.afterCommit(wake);
    }
}
