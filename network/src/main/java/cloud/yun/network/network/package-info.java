/// Networks: isolated L2 broadcast domains.
///
/// Start reading at `NetworkService`. A network has one segment (`cloud.yun.network.segment`). Who beside its
/// project sees it is in `network_rbac` (`cloud.yun.network.rbac`). Owns the table `network`.
/// https://docs.openstack.org/api-ref/network/v2/#networks
package cloud.yun.network.network;
