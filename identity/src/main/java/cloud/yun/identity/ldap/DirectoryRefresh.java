package cloud.yun.identity.ldap;

import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Unavailable;
import cloud.yun.kernel.reconcile.Reconciler;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the copies of directories' users and groups fresh: who is disabled or leaves a group there loses tokens
/// and roles here within one period. While a directory does not answer, what was last seen of it holds.
public final class DirectoryRefresh implements Reconciler {
    private static final Logger LOG = LoggerFactory.getLogger(DirectoryRefresh.class);

    private final Directories directories;
    private final Duration period;
    private final Set<String> silent = ConcurrentHashMap.newKeySet();

    public DirectoryRefresh(Directories directories, Duration period) {
        this.directories = directories;
        this.period = period;
    }

    @Override
    public String name() {
        return "directory-refresh";
    }

    @Override
    public Duration period() {
        return period;
    }

    @Override
    public void reconcile() {
        for (var domain : directories.domainsWithCopies()) {
            try {
                directories.refresh(domain);
                if (silent.remove(domain)) LOG.info("the directory of the domain {} answers again", domain);
            } catch (Unavailable e) {
                // Said once, not every minute; the next period tries again.
                if (silent.add(domain)) LOG.warn("{} {}", e.userMessage(), e.detail());
            } catch (Conflict e) {
                LOG.warn("the directory of the domain {} has a name that is taken: {}", domain, e.userMessage());
            }
        }
    }
}
