/// Placement: what there is to give (resource providers and inventories) and who has it (allocations).
///
/// Other rooms use `Placement`, within their own transactions. Over HTTP it is OpenStack's Placement 1.0-1.39,
/// https://docs.openstack.org/api-ref/placement/. Start reading at `PlacementModule`.
package cloud.yun.placement;
