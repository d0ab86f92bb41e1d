/// Quotas, limits and usage of projects. Start reading at `ComputeQuotas`; HTTP is in the `...Routes`.
///
/// Compatible with https://docs.openstack.org/api-ref/compute/#quota-sets-os-quota-sets and its neighbours.
/// Counts and limits are kept by the kernel's `Quotas`; usage over time is computed from the servers' lives.
package cloud.yun.compute.quota;
