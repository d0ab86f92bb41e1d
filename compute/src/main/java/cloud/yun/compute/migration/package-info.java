/// Migrations: the record of each way of a server to another host or flavor, by whom and how far.
///
/// Start reading at `Migration`. Its states and their moves: `MigrationStatus`. The work itself is the room's
/// `lifecycle`. Owns the table `migration`; compatible with
/// https://docs.openstack.org/api-ref/compute/#migrations-os-migrations
package cloud.yun.compute.migration;
