package cloud.yun.objectstore.object;

import cloud.yun.kernel.error.CloudException.Refused;
import cloud.yun.objectstore.account.Account;
import cloud.yun.objectstore.container.Container;
import java.util.Optional;

/// Quotas of a container, which its owner sets, and of an account, which a reseller admin does.
///
/// As in Swift, what an upload replaces is not counted off.
final class Quota {
    private Quota() {}

    /// @param bytes to come
    /// @throws Refused 413, one of them would be passed
    static void require(Container container, Optional<Account> account, long bytes) {
        boolean over = container
                        .quotaBytes()
                        .map(q -> container.bytes() + bytes > q)
                        .orElse(false)
                || container.quotaCount().map(q -> container.objects() + 1 > q).orElse(false)
                || account.flatMap(Account::quotaBytes)
                        .map(q -> account.get().bytes() + bytes > q)
                        .orElse(false);
        if (over) throw new Refused(413, "Upload exceeds quota.");
    }
}
