/// Chooses the host of a server and says why not the others.
///
/// Start reading at `Scheduler`. Filters are Nova's, by name; `HostReports` brings what agents report to where the
/// scheduler reads it. Needs: `Placement` (what is free), `ComputeHosts` (who lives, zones, aggregates).
package cloud.yun.compute.scheduler;
