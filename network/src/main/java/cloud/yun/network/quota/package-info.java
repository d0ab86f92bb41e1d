/// Quotas in Neutron's shape. Limits and use are the kernel's; every resource counts in its own transactions.
///
/// https://docs.openstack.org/api-ref/network/v2/#quotas-extension-quotas
package cloud.yun.network.quota;
