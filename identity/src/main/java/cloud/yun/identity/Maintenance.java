package cloud.yun.identity;

import cloud.yun.identity.base.Filters;
import cloud.yun.identity.credential.CredentialKeys;
import cloud.yun.identity.ldap.Directories;
import cloud.yun.identity.project.Project;
import cloud.yun.identity.project.ProjectStore;
import cloud.yun.identity.project.ProjectStore.TagFilters;
import cloud.yun.identity.token.FernetKeys;
import cloud.yun.identity.token.Tokens;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.error.CloudException;
import cloud.yun.kernel.error.CloudException.Conflict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What an operator does to identity from the command line, as with `keystone-manage`. Each call may be repeated, and
/// the cloud may be running meanwhile, in this process or in others.
public final class Maintenance {
    /// A user that can do everything.
    ///
    /// @param identityUrl of the identity endpoints in the catalog; empty leaves them as they are
    public record Administrator(
            String name, String password, String project, String role, String region, Optional<String> identityUrl) {
        @Override
        public String toString() {
            return "Administrator[" + name + "]";
        }
    }

    /// @param good nothing is to be done
    /// @param remedy what to do about it; empty when it is good
    public record Finding(boolean good, String what, String remedy) {}

    private final Database db;
    private final FirstStart firstStart;
    private final Optional<FernetKeys> tokenKeys;
    private final CredentialKeys credentialKeys;
    private final Tokens tokens;
    private final Directories directories;
    private final List<Finding> options;

    /// @param options what is to say about the configuration
    Maintenance(
            Database db,
            FirstStart firstStart,
            Optional<FernetKeys> tokenKeys,
            CredentialKeys credentialKeys,
            Tokens tokens,
            Directories directories,
            List<Finding> options) {
        this.db = db;
        this.firstStart = firstStart;
        this.tokenKeys = tokenKeys;
        this.credentialKeys = credentialKeys;
        this.tokens = tokens;
        this.directories = directories;
        this.options = options;
    }

    /// Makes or restores an administrator. Another password than before revokes the user's tokens.
    public void admit(Administrator a) {
        firstStart.admit(a.name(), a.password(), a.project(), a.role(), a.region(), a.identityUrl());
    }

    /// Tokens that are out stay good until `activeMax` - 1 further rotations.
    ///
    /// @return how many keys there are now
    /// @throws Conflict tokens are not Fernet's here
    public int rotateTokenKeys(int activeMax) {
        return tokenKeys
                .orElseThrow(() -> new Conflict("[token] provider is jws: there are no Fernet keys of tokens"))
                .rotate(activeMax);
    }

    /// @throws Conflict credentials are to be migrated first
    public int rotateCredentialKeys(int activeMax) {
        return credentialKeys.rotate(activeMax);
    }

    /// @return how many credentials were encrypted anew
    public int migrateCredentials() {
        return credentialKeys.migrate();
    }

    /// @return how many revocations were forgotten because their tokens have expired
    public int flush() {
        return tokens.purge();
    }

    /// Looks at keys, options and directories, and changes nothing.
    public List<Finding> examine() {
        var found = new ArrayList<>(options);
        tokenKeys.ifPresent(k -> keys("keys of tokens", k.defects(), found));
        keys("keys of credentials", credentialKeys.defects(), found);
        if (directories.enabled())
            for (var domain : domains()) {
                try {
                    if (!directories.serves(domain.id())) continue;
                    directories.probe(domain.id());
                    found.add(new Finding(true, "the directory of the domain " + domain.name() + " answers", ""));
                } catch (CloudException e) {
                    found.add(new Finding(
                            false, "the directory of the domain " + domain.name(), e.userMessage() + " " + e.detail()));
                }
            }
        return found;
    }

    private List<Project> domains() {
        return db.read(tx -> new ProjectStore(tx).list(Filters.none(), true, TagFilters.NONE));
    }

    private static void keys(String what, List<String> defects, List<Finding> found) {
        if (defects.isEmpty()) found.add(new Finding(true, what, ""));
        for (var defect : defects) found.add(new Finding(false, what, defect));
    }
}
