/// Services, hypervisors, availability zones and aggregates: the room's hosts.
///
/// Start reading at `HostService`; agents and the scheduler use `ComputeHosts`. Compatible with
/// https://docs.openstack.org/api-ref/compute/#compute-services-os-services and its neighbours. Owns the tables
/// `service`, `hypervisor`, `aggregate`, `aggregate_host` and `aggregate_metadata`. What a hypervisor's servers
/// use is not kept here: it is read from placement when asked.
package cloud.yun.compute.service;
