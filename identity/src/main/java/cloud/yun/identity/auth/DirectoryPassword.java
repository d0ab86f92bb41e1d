package cloud.yun.identity.auth;

import cloud.yun.identity.base.Fields;
import cloud.yun.identity.base.Words;
import cloud.yun.identity.ldap.Directories;
import cloud.yun.identity.project.Project;
import cloud.yun.kernel.db.Database;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// `password` of users of directories, proven by a bind; all others are the database's.
///
/// A right password is not remembered: only the directory knows when it changes.
public final class DirectoryPassword implements AuthMethod {
    private final Directories directories;
    private final Database db;
    private final AuthMethod database;

    /// @param database proves users of no directory
    public DirectoryPassword(Directories directories, Database db, AuthMethod database) {
        this.directories = directories;
        this.db = db;
        this.database = database;
    }

    @Override
    public String name() {
        return database.name();
    }

    @Override
    public Proven prove(ObjectNode given, Login login) {
        if (!directories.enabled() || !(given.get("user") instanceof ObjectNode named))
            return database.prove(given, login);
        var password = Fields.text(named, "password").orElseThrow(() -> Words.expecting("password", "user"));
        var found = directoryLogin(named, password);
        if (found.isEmpty()) return database.prove(given, login);
        return Proven.of(
                found.get().user().orElseThrow(() -> Authentication.refused("the directory did not accept the login")),
                name(),
                login.at());
    }

    private Optional<Directories.Login> directoryLogin(ObjectNode named, String password) {
        var id = Fields.text(named, "id");
        if (id.isPresent()) return directories.loginById(id.get(), password);
        var name = Fields.text(named, "name");
        if (name.isEmpty() || !(named.get("domain") instanceof ObjectNode holder)) return Optional.empty();
        return db.read(tx -> new Named(tx).domain(holder))
                .map(Project::id)
                .flatMap(domain -> directories.loginByName(domain, name.get(), password));
    }
}
