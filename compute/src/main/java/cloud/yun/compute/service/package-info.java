/// Services, hypervisors, availability zones and aggregates: the room's hosts. Start reading at `ComputeHosts`.
package cloud.yun.compute.service;
