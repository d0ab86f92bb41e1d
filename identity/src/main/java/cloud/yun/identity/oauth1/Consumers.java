package cloud.yun.identity.oauth1;

import cloud.yun.identity.base.Fields;
import cloud.yun.identity.base.Workbench;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// The rules of consumers.
public final class Consumers {
    private static final Set<String> KNOWN = Set.of("id", "description", "secret", "links");

    private final Workbench bench;

    public Consumers(Workbench bench) {
        this.bench = bench;
    }

    static NotFound none() {
        return new NotFound("Consumer not found");
    }

    List<Consumer> list(Caller caller) {
        bench.policy().require(caller, "identity:list_consumers");
        return bench.db().read(tx -> new ConsumerStore(tx).list());
    }

    Consumer get(Caller caller, String id) {
        bench.policy().require(caller, "identity:get_consumer");
        return bench.db().read(tx -> new ConsumerStore(tx).find(id)).orElseThrow(Consumers::none);
    }

    Consumer create(Caller caller, ObjectNode body) {
        bench.policy().require(caller, "identity:create_consumer");
        var consumer = new Consumer(
                bench.ids().next(), Fields.text(body, "description"), Secrets.next(), Fields.extra(body, KNOWN));
        bench.db().write(tx -> {
            new ConsumerStore(tx).insert(consumer);
            bench.tell(tx, caller, "OS-OAUTH1:consumer", "created", consumer.id());
        });
        return consumer;
    }

    /// @throws Invalid the body names another id
    Consumer update(Caller caller, String id, ObjectNode body) {
        bench.policy().require(caller, "identity:update_consumer");
        if (Fields.text(body, "id").map(other -> !other.equals(id)).orElse(false))
            throw new Invalid("Cannot change consumer ID");
        return bench.db().transaction(tx -> {
            var store = new ConsumerStore(tx);
            var old = store.find(id).orElseThrow(Consumers::none);
            var next = new Consumer(
                    id,
                    body.has("description") ? Fields.text(body, "description") : old.description(),
                    old.secret(),
                    Fields.merge(old.extra(), Fields.extra(body, KNOWN)));
            store.update(next);
            bench.tell(tx, caller, "OS-OAUTH1:consumer", "updated", id);
            return next;
        });
    }

    /// Deletes a consumer; what it may do for users ends at once.
    void delete(Caller caller, String id) {
        bench.policy().require(caller, "identity:delete_consumer");
        bench.epoch().write(tx -> {
            if (!new ConsumerStore(tx).delete(id)) throw none();
            bench.tell(tx, caller, "OS-OAUTH1:consumer", "deleted", id);
        });
    }
}
