/// Quotas and limits of the room. Start reading at `ComputeQuotas`.
package cloud.yun.compute.quota;
