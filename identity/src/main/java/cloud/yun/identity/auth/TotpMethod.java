package cloud.yun.identity.auth;

import cloud.yun.identity.base.Words;
import cloud.yun.identity.credential.CredentialVault;
import cloud.yun.identity.user.Lockout;
import cloud.yun.identity.user.User;
import cloud.yun.kernel.db.Database;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// `totp`: a one-time password of one of the user's credentials of that type.
///
/// A wrong one counts for the lock-out as a wrong password does, or six digits would soon be guessed.
public final class TotpMethod implements AuthMethod {
    private final Database db;
    private final CredentialVault vault;
    private final Lockout lockout;
    private final int previousWindows;
    private final Clock clock;

    /// @param previousWindows `[totp] included_previous_windows`: how many of the last passwords also hold
    public TotpMethod(Database db, CredentialVault vault, Lockout lockout, int previousWindows, Clock clock) {
        this.db = db;
        this.vault = vault;
        this.lockout = lockout;
        this.previousWindows = previousWindows;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "totp";
    }

    @Override
    public Proven prove(ObjectNode given, Login login) {
        if (!(given.get("user") instanceof ObjectNode named)) throw Words.expecting("user", name());
        var passcode = named.path("passcode").asString("");
        record Found(User user, List<String> secrets) {}
        var found = db.read(tx -> new Named(tx).user(named).map(u -> new Found(u, vault.secrets(tx, u.id(), name()))));
        boolean right = found.map(f -> holds(f.secrets(), passcode)).orElse(false);
        return Proven.of(lockout.admit(found.map(Found::user), right), name(), login.at());
    }

    /// Looks at all of them, so that the time does not tell which one it was.
    private boolean holds(List<String> secrets, String passcode) {
        var given = passcode.getBytes(StandardCharsets.UTF_8);
        boolean right = false;
        for (var secret : secrets) {
            Optional<byte[]> key = Totp.key(secret);
            for (int back = 0; key.isPresent() && back <= previousWindows; back++) {
                var expected = Totp.passcode(key.get(), clock.instant(), back);
                right |= MessageDigest.isEqual(expected.getBytes(StandardCharsets.UTF_8), given);
            }
        }
        return right;
    }
}
