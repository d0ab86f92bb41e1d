/// Server groups: servers that want the same host or different ones. Start reading at `ServerGroupService`; the
/// scheduler and the server views ask `ServerGroups`.
///
/// Compatible with https://docs.openstack.org/api-ref/compute/#server-groups-os-server-groups Owns the tables
/// `server_group` and `server_group_member`.
package cloud.yun.compute.servergroup;
