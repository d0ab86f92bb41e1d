package cloud.yun.blockstorage.message;

import cloud.yun.blockstorage.message.Message.About;
import cloud.yun.blockstorage.message.Message.Action;
import cloud.yun.blockstorage.message.Message.Detail;
import cloud.yun.blockstorage.query.ListQuery;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.policy.Policy;
import cloud.yun.kernel.policy.Target;
import cloud.yun.kernel.reconcile.Reconciler;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

/// Tells a project why something failed after its request was answered. A message goes when its time is over.
public final class Messages implements Reconciler {
    private static final Set<String> FILTERS =
            Set.of("resource_uuid", "resource_type", "event_id", "request_id", "message_level");

    private final Database db;
    private final Policy policy;
    private final Clock clock;
    private final Supplier<UUID> ids;
    private final Duration keep;
    private final Duration reap;

    /// @param keep option `message_ttl`
    /// @param reap option `message_reap_interval`
    public Messages(Database db, Policy policy, Clock clock, Supplier<UUID> ids, Duration keep, Duration reap) {
        this.db = db;
        this.policy = policy;
        this.clock = clock;
        this.ids = ids;
        this.keep = keep;
        this.reap = reap;
    }

    /// Writes in the transaction of the failure.
    public void write(Tx tx, About about, Action action, Detail detail) {
        var now = clock.instant();
        new MessageStore(tx)
                .insert(new Message(
                        ids.get().toString(),
                        about.projectId(),
                        about.requestId().orElse(""),
                        about.resource().name(),
                        about.resourceId(),
                        "VOLUME_" + about.resource() + "_" + action.number + "_" + detail.number,
                        action.text + ":" + detail.text,
                        "ERROR",
                        now,
                        now.plus(keep)));
    }

    Message get(Caller caller, String id) {
        return db.read(tx -> visible(tx, caller, id, "message:get"));
    }

    void delete(Caller caller, String id) {
        db.write(tx -> new MessageStore(tx)
                .delete(visible(tx, caller, id, "message:delete").id()));
    }

    private Message visible(Tx tx, Caller caller, String id, String rule) {
        var found = new MessageStore(tx)
                .find(id)
                .filter(m -> caller.admin()
                        || caller.project()
                                .filter(p -> p.id().equals(m.projectId()))
                                .isPresent())
                .orElseThrow(() -> unknown(id));
        policy.require(caller, rule, Target.project(found.projectId()));
        return found;
    }

    private static NotFound unknown(String id) {
        return new NotFound("Message", id);
    }

    /// @param all of every project, for an operator
    List<Message> list(Caller caller, ListQuery query, boolean all) {
        return db.read(tx -> {
            var select = Select.of(MessageStore.COLUMNS, "volume_message");
            if (!all) select.where("project_id = ?", caller.projectId());
            query.filters().forEach((name, value) -> {
                if (!FILTERS.contains(name)) select.where("1 = 0");
                else select.where((name.equals("resource_uuid") ? "resource_id" : name) + " = ?", value);
            });
            var marker = query.marker().orElse("");
            return query.cut(new MessageStore(tx).list(query.page(tx, select, () -> unknown(marker))));
        });
    }

    @Override
    public String name() {
        return "volume-messages";
    }

    @Override
    public Duration period() {
        return reap;
    }

    @Override
    public void reconcile() {
        db.write(tx -> new MessageStore(tx).deleteExpired(clock.instant()));
    }
}
