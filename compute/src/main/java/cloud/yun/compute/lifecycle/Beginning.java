package cloud.yun.compute.lifecycle;

import cloud.yun.compute.instanceaction.ActionLog;
import cloud.yun.compute.server.Server;
import cloud.yun.compute.server.ServerStore;
import cloud.yun.compute.server.TaskState;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.flow.Flow;
import cloud.yun.kernel.flow.FlowRecord.Origin;

/// How an action on a server begins, all of it in the transaction of the request: the server is marked as worked on,
/// the action is in its log, others are told, and the flow runs once that is durable.
///
/// @param marks the move of the server's task state
/// @param action Nova's name of the action, in the log
/// @param notification Nova's name of the notification, without `.start`
record Beginning(TaskState.Event marks, String action, String notification) {
    /// @param server locked in this transaction
    /// @throws cloud.yun.kernel.error.CloudException.Conflict something else is being done to it
    <P extends Record> void start(Wiring w, Tx tx, Caller caller, Server server, Flow<P> flow, P params) {
        start(w, tx, ActionLog.origin(caller, server), server, flow, params);
    }

    /// @param origin who asks, in which request
    <P extends Record> void start(Wiring w, Tx tx, Origin origin, Server server, Flow<P> flow, P params) {
        var store = new ServerStore(tx);
        var now = w.clock().instant();
        store.begin(server, marks, now);
        new ActionLog(tx).begin(server.id(), origin, action, now);
        w.notifications().tell(tx, store.require(server.id()), notification + ".start", origin.requestId());
        w.flows()
                .start(
                        tx,
                        flow,
                        params,
                        new Origin(server.projectId(), origin.userId(), server.id(), origin.requestId()));
    }
}
