package cloud.yun.blockstorage.qos;

import cloud.yun.blockstorage.query.ListQuery;
import cloud.yun.blockstorage.type.TypeStore;
import cloud.yun.blockstorage.type.VolumeType;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

/// The rules of QoS specs. A volume type has at most one of them.
public final class QosService {
    private static final Set<String> CONSUMERS = Set.of("back-end", "front-end", "both");
    private static final String CONSUMER = "consumer";

    private final Database db;
    private final Clock clock;
    private final Supplier<UUID> ids;

    public QosService(Database db, Clock clock, Supplier<UUID> ids) {
        this.db = db;
        this.clock = clock;
        this.ids = ids;
    }

    /// @throws Conflict there is one of that name
    /// @throws Invalid nobody can be such a consumer
    QosSpec create(String name, Map<String, String> wanted) {
        var specs = new LinkedHashMap<>(wanted);
        var consumer = Optional.ofNullable(specs.remove(CONSUMER)).orElse("back-end");
        checkConsumer(consumer);
        var made = new QosSpec(ids.get().toString(), name, consumer, specs, clock.instant());
        db.write(tx -> {
            if (new QosStore(tx).exists(name)) throw new Conflict("QoS Specs " + name + " already exists.");
            new QosStore(tx).insert(made);
        });
        return made;
    }

    private static void checkConsumer(String consumer) {
        if (!CONSUMERS.contains(consumer))
            throw new Invalid("Invalid qos specs: Valid consumer of QoS specs are: ['back-end', 'front-end', 'both']");
    }

    QosSpec get(String id) {
        return db.read(tx -> require(tx, id));
    }

    private static QosSpec require(Tx tx, String id) {
        return new QosStore(tx).find(id).orElseThrow(() -> new NotFound("No such QoS spec " + id + "."));
    }

    List<QosSpec> list(ListQuery query) {
        return db.read(tx -> {
            var select = Select.of(QosStore.COLUMNS, "qos_spec");
            for (var name : List.of("id", "name", CONSUMER))
                select.where(name + " = ?", Optional.ofNullable(query.filters().get(name)));
            var marker = query.marker().orElse("");
            return query.cut(new QosStore(tx)
                    .list(query.page(tx, select, () -> new NotFound("No such QoS spec " + marker + "."))));
        });
    }

    void update(String id, Map<String, String> changes) {
        var specs = new LinkedHashMap<>(changes);
        var consumer = Optional.ofNullable(specs.remove(CONSUMER));
        consumer.ifPresent(QosService::checkConsumer);
        db.write(tx -> {
            require(tx, id);
            consumer.ifPresent(c -> new QosStore(tx).consumer(id, c));
            new QosStore(tx).put(id, specs);
        });
    }

    void deleteKeys(String id, List<String> keys) {
        db.write(tx -> {
            require(tx, id);
            for (var key : keys)
                if (!new QosStore(tx).deleteKey(id, key))
                    throw new NotFound("QoS spec " + id + " has no spec with key " + key + ".");
        });
    }

    /// @param force also while types have it; they lose it
    void delete(String id, boolean force) {
        db.write(tx -> {
            require(tx, id);
            var store = new QosStore(tx);
            if (force) store.disassociateAll(id);
            else if (!store.types(id).isEmpty()) throw new Invalid("Qos specs still in use.");
            store.delete(id);
        });
    }

    List<VolumeType> associations(String id) {
        return db.read(tx -> {
            require(tx, id);
            return new QosStore(tx)
                    .types(id).stream()
                            .map(new TypeStore(tx)::find)
                            .flatMap(Optional::stream)
                            .toList();
        });
    }

    /// @throws Invalid the type has another one
    void associate(String id, String typeId) {
        db.write(tx -> {
            require(tx, id);
            requireType(tx, typeId);
            var has = new QosStore(tx).ofType(typeId);
            if (has.filter(q -> !q.id().equals(id)).isPresent())
                throw new Invalid("Invalid volume type: Type " + typeId
                        + " is already associated with another qos specs: "
                        + has.get().id());
            new QosStore(tx).associate(id, typeId);
        });
    }

    void disassociate(String id, String typeId) {
        db.write(tx -> {
            require(tx, id);
            requireType(tx, typeId);
            new QosStore(tx).disassociate(id, typeId);
        });
    }

    private static void requireType(Tx tx, String typeId) {
        if (new TypeStore(tx).find(typeId).isEmpty()) throw new NotFound("Volume type", typeId);
    }

    void disassociateAll(String id) {
        db.write(tx -> {
            require(tx, id);
            new QosStore(tx).disassociateAll(id);
        });
    }
}
