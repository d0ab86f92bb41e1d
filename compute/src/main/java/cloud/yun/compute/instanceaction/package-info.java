/// Instance actions: what was done to a server, by whom, and how each step of it went.
///
/// Start reading at `ActionLog`. Owns the table `server_action`; the steps are the tasks of the flow log.
package cloud.yun.compute.instanceaction;
