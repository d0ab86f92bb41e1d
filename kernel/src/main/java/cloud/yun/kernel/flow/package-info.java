/// Long work as durable flows of named tasks: TaskFlow's terms, kept in our database.
///
/// A request records a flow in its own transaction (`Flows.start`), answers, and the flow runs: now in this
/// process, or after a crash in whichever process finds its lease expired. Start reading at `Flow`, then
/// `FlowRunner`. Owns the tables `flow` and `flow_task`.
package cloud.yun.kernel.flow;
