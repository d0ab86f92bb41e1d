package cloud.yun.identity.credential;

import cloud.yun.identity.token.FernetKeys;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.error.CloudException.Conflict;
import java.time.Clock;
import java.util.List;

/// Rotates the keys of credentials, without losing a credential.
public final class CredentialKeys {
    private final Database db;
    private final FernetKeys keys;
    private final CredentialVault vault;
    private final Clock clock;

    public CredentialKeys(Database db, FernetKeys keys, Clock clock) {
        this.db = db;
        this.keys = keys;
        this.vault = new CredentialVault(keys);
        this.clock = clock;
    }

    /// Encrypts with the primary key what other keys encrypted.
    ///
    /// @return how many credentials that were
    public int migrate() {
        int migrated = 0;
        for (var old : sealedByOthers()) {
            var box = vault.seal(vault.open(old), clock.instant());
            // Not when a request wrote it meanwhile: that one used the primary key already.
            if (db.transaction(tx -> new CredentialStore(tx).reseal(old, box.text(), box.keyHash()))) migrated++;
        }
        return migrated;
    }

    private List<CredentialStore.Sealed> sealedByOthers() {
        var primary = keys.primary().hash();
        return db.read(tx -> new CredentialStore(tx).sealedByOthers(primary));
    }

    /// @param activeMax keys at most
    /// @return how many keys there are now
    /// @throws Conflict a credential still needs another key, which the rotation could drop
    public int rotate(int activeMax) {
        int old = sealedByOthers().size();
        if (old > 0)
            throw new Conflict(old + " credentials are not encrypted with the primary key; migrate them first");
        return keys.rotate(activeMax);
    }

    /// What is wrong with the keys, in the operator's words.
    public List<String> defects() {
        return keys.defects();
    }
}
