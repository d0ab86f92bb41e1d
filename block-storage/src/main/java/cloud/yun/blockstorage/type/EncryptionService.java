package cloud.yun.blockstorage.type;

import cloud.yun.blockstorage.query.Bodies;
import cloud.yun.blockstorage.volume.VolumeStore;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/// The rules of the encryption of volume types: it changes only while no volume is of the type.
public final class EncryptionService {
    private final Database db;
    private final Clock clock;
    private final Supplier<UUID> ids;

    public EncryptionService(Database db, Clock clock, Supplier<UUID> ids) {
        this.db = db;
        this.clock = clock;
        this.ids = ids;
    }

    Optional<Encryption> find(String typeId) {
        return db.read(tx -> {
            requireType(tx, typeId);
            return new EncryptionStore(tx).find(typeId);
        });
    }

    Encryption create(String typeId, JsonNode wanted) {
        var made = new Encryption(
                typeId,
                ids.get().toString(),
                Bodies.text(wanted, "provider").orElse(""),
                Bodies.text(wanted, "control_location").orElse(""),
                Bodies.text(wanted, "cipher"),
                keySize(wanted),
                clock.instant(),
                Optional.empty());
        db.write(tx -> {
            unused(tx, typeId, "create");
            requireType(tx, typeId);
            if (new EncryptionStore(tx).encrypts(typeId))
                throw new Invalid("Volume type encryption for type " + typeId + " already exists.");
            new EncryptionStore(tx).put(made);
        });
        return made;
    }

    void update(String typeId, JsonNode changes) {
        db.write(tx -> {
            requireType(tx, typeId);
            unused(tx, typeId, "update");
            var old = new EncryptionStore(tx).find(typeId).orElseThrow(() -> missing(typeId));
            new EncryptionStore(tx)
                    .put(new Encryption(
                            typeId,
                            old.encryptionId(),
                            Bodies.text(changes, "provider").orElse(old.provider()),
                            Bodies.text(changes, "control_location").orElse(old.controlLocation()),
                            changes.has("cipher") ? Bodies.text(changes, "cipher") : old.cipher(),
                            changes.has("key_size") ? keySize(changes) : old.keySize(),
                            old.createdAt(),
                            Optional.of(clock.instant())));
        });
    }

    void delete(String typeId) {
        db.write(tx -> {
            unused(tx, typeId, "delete");
            if (!new EncryptionStore(tx).delete(typeId)) throw missing(typeId);
        });
    }

    static NotFound missing(String typeId) {
        return new NotFound("Volume type encryption for type " + typeId + " does not exist.");
    }

    private static void requireType(Tx tx, String typeId) {
        if (new TypeStore(tx).find(typeId).isEmpty()) throw new NotFound("Volume type", typeId);
    }

    private static void unused(Tx tx, String typeId, String action) {
        if (new VolumeStore(tx).countOfType(typeId) > 0)
            throw new Invalid("Cannot " + action + " encryption specs. Volume type in use.");
    }

    private static Optional<Long> keySize(JsonNode wanted) {
        try {
            return Bodies.size(wanted, "key_size").map(Integer::longValue);
        } catch (Invalid e) {
            throw new Invalid("Invalid input for field/attribute key_size. Value: "
                    + wanted.path("key_size").asString("") + ". key_size must be an integer");
        }
    }
}
