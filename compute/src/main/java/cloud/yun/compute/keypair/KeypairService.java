package cloud.yun.compute.keypair;

import cloud.yun.compute.keypair.KeypairStore.Entry;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.error.CloudException.OverQuota;
import cloud.yun.kernel.policy.Policy;
import cloud.yun.kernel.policy.Target;
import cloud.yun.kernel.quota.Quotas;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/// The rules of keypairs: they belong to a user, not to a project.
public final class KeypairService implements Keypairs {
    private static final String NAME_CHARACTERS =
            "[%s- 0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ]";

    private final Database db;
    private final Clock clock;
    private final Policy policy;
    private final Quotas quotas;

    public KeypairService(Database db, Clock clock, Policy policy, Quotas quotas) {
        this.db = db;
        this.clock = clock;
        this.policy = policy;
        this.quotas = quotas;
    }

    @Override
    public Optional<Keypair> find(Tx tx, String userId, String name) {
        return new KeypairStore(tx).find(userId, name).map(Entry::keypair);
    }

    /// @param publicKey empty: one is made
    /// @param lenientNames whether `@` and `.` may stand in the name (microversion 2.92)
    record Wanted(String userId, String name, String type, Optional<String> publicKey, boolean lenientNames) {}

    /// @param privateKey only of a pair that was made here, only this once; a secret
    record Created(Keypair keypair, Optional<String> privateKey) {
        @Override
        public String toString() {
            return "Created[" + keypair + "]";
        }
    }

    /// @throws Conflict the user has a keypair of this name
    /// @throws OverQuota the user has `key_pairs` of them already
    Created create(Caller caller, Wanted wanted) {
        allow(caller, "create", wanted.userId());
        checkName(wanted);
        var made = wanted.publicKey().isPresent() ? Optional.<KeyMaker.Made>empty() : Optional.of(make(wanted));
        var publicKey = made.map(KeyMaker.Made::publicKey).or(wanted::publicKey).orElseThrow();
        var fingerprint =
                made.map(KeyMaker.Made::fingerprint).orElseGet(() -> PublicKeys.fingerprint(wanted.type(), publicKey));
        var keypair = new Keypair(wanted.userId(), wanted.name(), wanted.type(), publicKey, fingerprint);
        db.write(tx -> {
            var store = new KeypairStore(tx);
            long used = store.count(wanted.userId());
            long limit = quotas.limits(tx, caller.projectId()).getOrDefault("key_pairs", Quotas.UNLIMITED);
            if (limit != Quotas.UNLIMITED && used >= limit)
                throw new OverQuota(
                        "Quota exceeded, too many key pairs.", "OverQuota", "key_pairs " + used + "/" + limit);
            if (!store.insert(keypair, clock.instant()))
                throw new Conflict("Key pair '" + wanted.name() + "' already exists.");
        });
        return new Created(keypair, made.map(KeyMaker.Made::privateKey));
    }

    private KeyMaker.Made make(Wanted wanted) {
        return wanted.type().equals("x509") ? KeyMaker.x509(wanted.userId(), clock.instant()) : KeyMaker.ssh();
    }

    private static void checkName(Wanted wanted) {
        var pattern = wanted.lenientNames() ? "[@._\\- 0-9a-zA-Z]+" : "[_\\- 0-9a-zA-Z]+";
        if (!wanted.name().matches(pattern))
            throw new Invalid("An invalid 'name' value was provided. The name must be: Only expected characters: "
                    + NAME_CHARACTERS.formatted(wanted.lenientNames() ? "@._" : "_"));
    }

    Entry show(Caller caller, String userId, String name) {
        allow(caller, "show", userId);
        return db.read(tx -> new KeypairStore(tx).find(userId, name).orElseThrow(() -> unknown(userId, name)));
    }

    /// @throws Invalid the marker is unknown
    List<Entry> list(Caller caller, String userId, Optional<String> marker, int limit) {
        allow(caller, "index", userId);
        return db.read(tx -> {
            var store = new KeypairStore(tx);
            marker.filter(m -> store.find(userId, m).isEmpty()).ifPresent(m -> {
                throw new Invalid("Marker '" + m + "' could not be found.");
            });
            return store.list(userId, marker, limit);
        });
    }

    void delete(Caller caller, String userId, String name) {
        allow(caller, "delete", userId);
        db.write(tx -> {
            if (!new KeypairStore(tx).delete(userId, name)) throw unknown(userId, name);
        });
    }

    private void allow(Caller caller, String verb, String userId) {
        policy.require(caller, "os_compute_api:os-keypairs:" + verb, Target.of("user_id", userId));
    }

    private static NotFound unknown(String userId, String name) {
        return new NotFound("Keypair " + name + " not found for user " + userId);
    }
}
