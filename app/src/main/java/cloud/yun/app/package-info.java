/// The program: the only place that knows all rooms.
///
/// Start reading at `Main` (the commands), then `Cloud` (the wiring).
package cloud.yun.app;
