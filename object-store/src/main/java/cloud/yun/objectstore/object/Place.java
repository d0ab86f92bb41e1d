package cloud.yun.objectstore.object;

import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.objectstore.access.Access;
import cloud.yun.objectstore.access.Acl;
import cloud.yun.objectstore.account.Account;
import cloud.yun.objectstore.account.AccountStore;
import cloud.yun.objectstore.base.Call;
import cloud.yun.objectstore.base.SwiftPath;
import cloud.yun.objectstore.container.Container;
import cloud.yun.objectstore.container.ContainerStore;
import java.util.Optional;

/// Where a path leads: its account and its container, as far as they are there.
public record Place(SwiftPath path, Optional<Account> account, Optional<Container> container) {
    public static Place find(Database db, SwiftPath path) {
        return db.read(tx -> {
            var account = new AccountStore(tx).find(path.account());
            var container = account.isEmpty() || account.get().deleted()
                    ? Optional.<Container>empty()
                    : path.container().flatMap(c -> new ContainerStore(tx).find(path.account(), c));
            return new Place(path, account, container);
        });
    }

    /// Whoever may not learn whether the container is there is told so, not that it is missing.
    ///
    /// @param reads which of the container's lists speaks
    /// @throws NotFound there is no container
    public Container require(Access access, Call call, boolean reads) {
        Optional<Acl> acl = container.flatMap(c -> reads ? c.readers() : c.writers());
        access.require(call, path, acl, account.map(Account::domainId).orElse(""), reads);
        return container.orElseThrow(() -> new NotFound(""));
    }
}
