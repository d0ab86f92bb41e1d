/// How hosts learn what is wanted: `Applier` works off dirty rows, `WantedState` says what a host should have.
///
/// Level-triggered: what is sent is the whole wanted state of one object, read when it is applied. Owns the table
/// `network_dirty`.
package cloud.yun.network.apply;
