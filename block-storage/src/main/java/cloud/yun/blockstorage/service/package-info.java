/// The storage hosts: services, their state, pools and what they report.
///
/// Owns the table `volume_service`.
package cloud.yun.blockstorage.service;
