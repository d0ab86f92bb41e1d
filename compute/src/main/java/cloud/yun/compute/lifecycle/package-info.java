/// What is done to servers, one class for each action: its flow, its reverts, its end.
///
/// Start reading at `CreateServer`. At most one of these works on a server at a time (`TaskState`); a delete that
/// comes meanwhile is noticed and takes over when the other one ends (`Ending`). Needs: `Agents` (hosts), and the
/// front doors of image, placement, network and block storage.
package cloud.yun.compute.lifecycle;
