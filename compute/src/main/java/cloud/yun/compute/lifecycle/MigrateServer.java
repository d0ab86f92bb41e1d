package cloud.yun.compute.lifecycle;

import cloud.yun.compute.migration.Migration;
import cloud.yun.compute.server.Server;
import cloud.yun.compute.server.Shape;
import cloud.yun.compute.server.TaskState;
import cloud.yun.compute.server.VmState;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import java.util.Optional;

/// Takes a server to another host with its guest off: a resize to its own flavor that must not stay. Ends as
/// `ResizeServer` does.
///
/// @see <a href="https://docs.openstack.org/api-ref/compute/#migrate-server-migrate-action">migrate</a>
public final class MigrateServer {
    private final Wiring w;
    private final ResizeServer resize;

    public MigrateServer(Wiring wiring, ResizeServer resize) {
        this.w = wiring;
        this.resize = resize;
    }

    /// @param server locked in this transaction
    /// @param host the only one that may take it; empty: any other
    /// @throws Conflict its state does not allow it, in Nova's words
    /// @throws Invalid the host is not there or is its own
    public void begin(Tx tx, Caller caller, Server server, Optional<String> host) {
        Ready.require(server, "migrate", VmState.allowing(VmState.Event.RESIZED), TaskState.Event.RESIZE);
        host.ifPresent(wanted -> {
            if (server.host().equals(host)) throw new Invalid("Cannot migrate to the host where the server exists.");
            if (w.hosts().find(tx, wanted).isEmpty())
                throw new Invalid("Compute host " + wanted + " could not be found.");
        });
        resize.start(tx, caller, server, Migration.Type.MIGRATION, Shape.of(server), host);
    }
}
