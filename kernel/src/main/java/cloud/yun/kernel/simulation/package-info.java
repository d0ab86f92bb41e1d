/// How well simulated hosts work: delays and faults of their drivers' operations, by configuration and at run time.
///
/// Start reading at `Conditions`.
package cloud.yun.kernel.simulation;
