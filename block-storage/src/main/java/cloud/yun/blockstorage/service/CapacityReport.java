package cloud.yun.blockstorage.service;

import cloud.yun.blockstorage.agent.Backends;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.error.CloudException;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.json.Times;
import cloud.yun.kernel.reconcile.Reconciler;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/// Asks every back end of this process for its capacity and writes it down: the scheduler reads nothing else.
///
/// A back end that does not answer is not written, so it goes `down` after `service_down_time`.
public final class CapacityReport implements Reconciler {
    private static final Logger LOG = LoggerFactory.getLogger(CapacityReport.class);

    /// @param schedulerHost name of this host
    /// @param backendHosts `HOST@BACKEND` of the agents in this process
    public record Places(String schedulerHost, List<String> backendHosts, String zone) {}

    /// @param reservedPercent of a pool that is never given away
    /// @param overSubscription how many times its size a thin pool may promise
    public record Terms(int reservedPercent, double overSubscription) {}

    private final Database db;
    private final Backends backends;
    private final Clock clock;
    private final Supplier<UUID> ids;
    private final Places places;
    private final Terms terms;
    private final Duration period;

    public CapacityReport(
            Database db,
            Backends backends,
            Clock clock,
            Supplier<UUID> ids,
            Places places,
            Terms terms,
            Duration period) {
        this.db = db;
        this.backends = backends;
        this.clock = clock;
        this.ids = ids;
        this.places = places;
        this.terms = terms;
        this.period = period;
    }

    @Override
    public String name() {
        return "volume-capacity";
    }

    @Override
    public Duration period() {
        return period;
    }

    @Override
    public void reconcile() {
        write(StorageService.SCHEDULER, places.schedulerHost(), Json.object());
        for (var host : places.backendHosts()) {
            try {
                write(StorageService.VOLUME, host, capabilities(host));
            } catch (CloudException e) {
                LOG.warn("{} does not report its capacity: {} {}", host, e.getMessage(), e.detail());
            }
        }
        write(StorageService.BACKUP, places.schedulerHost(), Json.object());
    }

    private ObjectNode capabilities(String host) {
        var found = backends.capabilities(host);
        return Json.object()
                .put("volume_backend_name", host.substring(host.indexOf('@') + 1))
                .put("vendor_name", "Yun")
                .put("driver_version", "1.0")
                .put("storage_protocol", found.protocol())
                .put("total_capacity_gb", rounded(found.totalGib()))
                .put("free_capacity_gb", rounded(found.freeGib()))
                .put("reserved_percentage", terms.reservedPercent())
                .put("max_over_subscription_ratio", Double.toString(terms.overSubscription()))
                .put("thin_provisioning_support", true)
                .put("thick_provisioning_support", false)
                .put("multiattach", found.multiattach())
                .put("QoS_support", false)
                .put("backend_state", "up")
                .put("timestamp", Times.microsWithoutZone(clock.instant()));
    }

    private void write(String binary, String host, ObjectNode capabilities) {
        var id = ids.get().toString();
        var now = clock.instant();
        db.write(tx -> new ServiceStore(tx).report(id, binary, host, places.zone(), capabilities, now));
    }

    private static double rounded(double gib) {
        return Math.round(gib * 100) / 100.0;
    }
}
