package cloud.yun.blockstorage.attachment;

import cloud.yun.blockstorage.attachment.AttachStatus.Event;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.flow.Flow;
import cloud.yun.kernel.flow.Flow.Failure;
import cloud.yun.kernel.flow.Flows;
import cloud.yun.kernel.json.Json;
import java.util.Optional;

/// Letting a host open a volume for an attachment: the first half of attaching, `attaching`. The second is that the
/// host says it has it, `os-complete`.
public final class AttachVolume {
    public record Params(String attachmentId, String host, String connector) {}

    private final Flows flows;
    private final AttachmentRules rules;
    private final Flow<Params> flow;

    AttachVolume(Flows flows, HostConnections connections, AttachmentRules rules) {
        this.flows = flows;
        this.rules = rules;
        this.flow = Flow.named("volume_attach", Params.class)
                .record("UpdateAttachmentTask", this::connecting, this::failed)
                .task(
                        "InitializeConnectionTask",
                        p -> connections.connect(p.attachmentId(), p.host()),
                        (p, _) -> connections.disconnect(p.attachmentId(), p.host()))
                .build();
        flows.register(flow);
    }

    /// @return the flow's id
    String begin(Tx tx, Caller caller, Attachment a, String host, String connector) {
        return flows.start(tx, flow, new Params(a.id(), host, connector), caller, a.id());
    }

    private void connecting(Tx tx, Params p) {
        var store = new AttachmentStore(tx);
        var a = rules.lockVolumeOf(tx, p.attachmentId());
        var connector = Json.storedObject(p.connector());
        store.move(a, Event.CONNECT);
        store.connector(
                a.id(),
                connector,
                Optional.of(p.host()),
                Optional.ofNullable(connector.get("mountpoint")).map(m -> m.asString("")));
        if (connector.path("mode").isString())
            store.mode(a.id(), connector.path("mode").asString(""));
        rules.settle(tx, a.volumeId());
    }

    private void failed(Tx tx, Params p, Failure why) {
        var store = new AttachmentStore(tx);
        store.find(p.attachmentId()).ifPresent(found -> {
            var a = rules.lockVolumeOf(tx, p.attachmentId());
            store.disconnected(a.id());
            if (a.status() == AttachStatus.ATTACHING) store.move(a, Event.CONNECT_FAILED);
            rules.settle(tx, a.volumeId());
        });
    }
}
