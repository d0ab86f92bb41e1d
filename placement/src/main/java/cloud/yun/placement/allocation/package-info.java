/// Who has taken what: consumers and their allocations.
///
/// Start reading at `AllocationService#replace`, the one way in which allocations change. Owns the tables
/// `consumer` and `allocation`.
package cloud.yun.placement.allocation;
