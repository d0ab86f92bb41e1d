package cloud.yun.compute.service;

import cloud.yun.compute.driver.HypervisorDriver;
import cloud.yun.kernel.db.Tx;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The room's hosts as services and hypervisors: agents report here, the scheduler and the server views read here.
public interface ComputeHosts {
    /// @param host name of the service, for example `compute1`
    /// @param hypervisorHostname name of the node
    /// @param providerUuid the resource provider in placement: the hypervisor's id from microversion 2.53
    /// @param up whether a heartbeat came within `[DEFAULT] service_down_time`
    /// @param zone availability zone, `nova` where no aggregate says otherwise
    /// @param metadata of all aggregates that the host is in: key to all its values
    record ComputeHost(
            String host,
            String hypervisorHostname,
            String providerUuid,
            boolean up,
            boolean disabled,
            Optional<String> disabledReason,
            boolean forcedDown,
            String zone,
            Map<String, List<String>> metadata) {}

    /// An agent lives: keeps the `nova-compute` service and the hypervisor's facts. The first report makes both.
    void report(Tx tx, String host, String providerUuid, HypervisorDriver.Host facts);

    /// @return all compute hosts in the order of their names
    List<ComputeHost> all(Tx tx);

    Optional<ComputeHost> find(Tx tx, String host);

    /// Whether some host or aggregate has this zone.
    boolean zoneExists(Tx tx, String zone);
}
