/// Programs of the host: short ones (`Commands`) and ones that outlive us (`Daemon`).
///
/// Every run has a deadline. A secret argument never reaches a message or a log.
package cloud.yun.host.process;
