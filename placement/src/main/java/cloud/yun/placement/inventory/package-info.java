/// How much of each resource class a provider has, and how much of it is taken.
///
/// Start reading at `InventoryStore#take`: the conditional update that makes a claim safe. Owns the table
/// `inventory`, whose `used` column is the sum of the allocations and changes in their transaction.
package cloud.yun.placement.inventory;
