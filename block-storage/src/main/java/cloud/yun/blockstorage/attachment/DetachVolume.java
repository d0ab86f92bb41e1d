package cloud.yun.blockstorage.attachment;

import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.flow.Flow;
import cloud.yun.kernel.flow.Flows;

/// Taking an attachment away: the host can no longer open the volume, then the row goes.
public final class DetachVolume {
    /// @param host that had it; empty when none ever did
    public record Params(String attachmentId, String host) {}

    private final Flows flows;
    private final Flow<Params> flow;

    DetachVolume(Flows flows, HostConnections connections, AttachmentRules rules) {
        this.flows = flows;
        this.flow = Flow.named("volume_detach", Params.class)
                .task(
                        "TerminateConnectionTask",
                        p -> {
                            if (!p.host().isEmpty()) connections.disconnect(p.attachmentId(), p.host());
                        },
                        (_, _) -> {})
                .finish("DeleteAttachmentTask", (tx, p) -> rules.remove(tx, p.attachmentId()))
                .build();
        flows.register(flow);
    }

    /// @return the flow's id
    String begin(Tx tx, Caller caller, Attachment a) {
        return flows.start(tx, flow, new Params(a.id(), a.host().orElse("")), caller, a.id());
    }
}
