package cloud.yun.identity.ldap;

import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.error.CloudException.Unavailable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.naming.AuthenticationException;
import javax.naming.AuthenticationNotSupportedException;
import javax.naming.CommunicationException;
import javax.naming.InvalidNameException;
import javax.naming.NameNotFoundException;
import javax.naming.NamingEnumeration;
import javax.naming.NamingException;
import javax.naming.PartialResultException;
import javax.naming.ServiceUnavailableException;
import javax.naming.SizeLimitExceededException;
import javax.naming.directory.InvalidSearchFilterException;
import javax.naming.directory.SearchControls;
import javax.naming.directory.SearchResult;
import javax.naming.ldap.Control;
import javax.naming.ldap.LdapContext;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.PagedResultsControl;
import javax.naming.ldap.PagedResultsResponseControl;

/// The LDAP servers of one domain: searches on kept connections, binds on connections of their own.
///
/// Every call is bounded: by a number of calls at once, by the time to connect and by the time to wait for each
/// answer. So a dead server costs its own domain's callers some seconds and nobody else anything.
final class LdapServer implements AutoCloseable {
    /// Where to search.
    ///
    /// @param scope of [SearchControls]
    record Place(String dn, int scope) {}

    @FunctionalInterface
    private interface Work<T> {
        T with(LdapContext context) throws NamingException, IOException;
    }

    private record Kept(LdapContext context, long since) {}

    private final String domain;
    private final LdapConnector connector;
    private final boolean keeps;
    private final int pageSize;
    private final int retries;
    private final long lifetimeNanos;
    private final Duration wait;
    private final Semaphore searches;
    private final Semaphore binds;
    private final ConcurrentLinkedDeque<Kept> idle = new ConcurrentLinkedDeque<>();
    private volatile boolean closed;

    /// @param domain named in errors
    LdapServer(String domain, Config config) {
        this.domain = domain;
        connector = new LdapConnector(config);
        keeps = config.get(LdapOptions.USE_POOL);
        pageSize = config.get(LdapOptions.PAGE_SIZE);
        retries = config.get(LdapOptions.POOL_RETRIES);
        lifetimeNanos = config.get(LdapOptions.POOL_LIFETIME).toNanos();
        var waits = config.get(LdapOptions.POOL_WAIT);
        wait = waits.isPositive() ? waits : connector.connectMax();
        searches = new Semaphore(Math.max(1, config.get(LdapOptions.POOL_SIZE)), true);
        binds = new Semaphore(Math.max(1, config.get(LdapOptions.AUTH_POOL_SIZE)), true);
    }

    /// @param found called for each entry
    /// @throws Unavailable the servers do not answer, refuse our own login, or cut the answer short
    // JNDI is dangerous where it makes objects out of entries; here it returns names and attributes only, and the JDK
    // refuses serialized data of directories by itself.
    @SuppressWarnings("BanJNDI")
    void search(Place place, LdapFilter filter, List<String> attributes, Consumer<SearchResult> found) {
        on(context -> {
                    var controls = new SearchControls();
                    controls.setReturningObjFlag(false);
                    controls.setSearchScope(place.scope());
                    controls.setReturningAttributes(attributes.toArray(String[]::new));
                    byte[] cookie = null;
                    boolean pages = pageSize > 0 && place.scope() != SearchControls.OBJECT_SCOPE;
                    // Collected first: what was found of a search that is tried again must not count twice.
                    var all = new ArrayList<SearchResult>();
                    do {
                        context.setRequestControls(
                                pages
                                        ? new Control[] {new PagedResultsControl(pageSize, cookie, Control.CRITICAL)}
                                        : null);
                        read(context.search(new LdapName(place.dn()), filter.text(), controls), all);
                        cookie = pages ? cookie(context) : null;
                    } while (cookie != null && cookie.length > 0);
                    return all;
                })
                .ifPresent(all -> all.forEach(found));
    }

    private static void read(NamingEnumeration<SearchResult> answer, List<SearchResult> all) throws NamingException {
        try {
            while (answer.hasMore()) all.add(answer.next());
        } catch (PartialResultException end) {
            return; // only pointers to other servers were left, which we are not to follow
        } finally {
            answer.close();
        }
    }

    private static byte[] cookie(LdapContext context) throws NamingException {
        var controls = context.getResponseControls();
        if (controls != null)
            for (var control : controls)
                if (control instanceof PagedResultsResponseControl page && page.getCookie() != null)
                    return page.getCookie();
        return new byte[0];
    }

    /// Whether the password is that of the entry.
    ///
    /// @param password not empty: to a bind without one a server says yes and proves nothing
    /// @throws Unavailable the servers do not answer
    boolean bind(String dn, String password) {
        if (dn.isEmpty() || password.isEmpty()) return false;
        enter(binds);
        try {
            connector.connect(dn, password).close();
            return true;
        } catch (AuthenticationException | AuthenticationNotSupportedException | InvalidNameException e) {
            return false;
        } catch (CommunicationException | ServiceUnavailableException e) {
            throw unavailable(e);
        } catch (NamingException e) {
            // Constraints on the entry: a locked account, a password to change. The server says no.
            if (e.getMessage() != null && e.getMessage().contains("timed out")) throw unavailable(e);
            return false;
        } catch (IOException e) {
            throw unavailable(e);
        } finally {
            binds.release();
        }
    }

    private <T> Optional<T> on(Work<T> work) {
        enter(searches);
        try {
            for (int attempt = 0; ; attempt++) {
                var kept = attempt < retries ? kept() : null;
                var context = kept == null ? connector.connect() : kept.context();
                boolean good = false;
                try {
                    var result = work.with(context);
                    good = true;
                    return Optional.of(result);
                } catch (NameNotFoundException e) {
                    good = true;
                    return Optional.empty();
                } catch (CommunicationException | ServiceUnavailableException e) {
                    if (kept == null) throw e; // a fresh one: it is the server
                } finally {
                    if (good && keeps && !closed) idle.push(kept == null ? new Kept(context, System.nanoTime()) : kept);
                    else LdapConnector.close(context);
                }
            }
        } catch (NamingException | IOException e) {
            throw unavailable(e);
        } finally {
            searches.release();
        }
    }

    private @org.jspecify.annotations.Nullable Kept kept() {
        for (var next = idle.poll(); next != null; next = idle.poll()) {
            if (System.nanoTime() - next.since() < lifetimeNanos) return next;
            LdapConnector.close(next.context());
        }
        return null;
    }

    private void enter(Semaphore places) {
        try {
            if (!places.tryAcquire(wait.toMillis(), TimeUnit.MILLISECONDS))
                throw new Unavailable(message(), "too many calls at once to " + connector.urls(), null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unavailable("The service is stopping.", "interrupted while waiting for LDAP", e);
        }
    }

    private String message() {
        return "The identity back end of the domain " + domain + " does not answer.";
    }

    private Unavailable unavailable(Exception cause) {
        var said = switch (cause) {
            case AuthenticationException _ ->
                "The identity back end of the domain " + domain + " does not accept this service's own login.";
            case InvalidSearchFilterException _, InvalidNameException _ ->
                "The identity back end of the domain " + domain + " is not configured rightly.";
            case SizeLimitExceededException _ ->
                "Number of User/Group entries returned by LDAP exceeded size limit. Contact your LDAP administrator.";
            default -> message();
        };
        return new Unavailable(said, connector.urls() + ": " + cause.getMessage(), cause);
    }

    @Override
    public void close() {
        closed = true;
        for (var next = idle.poll(); next != null; next = idle.poll()) LdapConnector.close(next.context());
    }
}
