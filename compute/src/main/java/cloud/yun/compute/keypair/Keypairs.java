package cloud.yun.compute.keypair;

import cloud.yun.kernel.db.Tx;
import java.util.Optional;

/// Looks keypairs up for servers, which keep a copy of the public key.
public interface Keypairs {
    /// @param type `ssh` or `x509`
    record Keypair(String userId, String name, String type, String publicKey, String fingerprint) {}

    Optional<Keypair> find(Tx tx, String userId, String name);
}
