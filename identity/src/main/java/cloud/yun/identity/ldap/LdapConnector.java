package cloud.yun.identity.ldap;

import cloud.yun.kernel.config.Config;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Hashtable;
import java.util.List;
import javax.naming.CommunicationException;
import javax.naming.Context;
import javax.naming.NamingException;
import javax.naming.ServiceUnavailableException;
import javax.naming.ldap.InitialLdapContext;
import javax.naming.ldap.LdapContext;
import javax.naming.ldap.StartTlsRequest;
import javax.naming.ldap.StartTlsResponse;
import javax.net.ssl.SSLSocketFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes connections, encrypted where the configuration says so, to the first server that answers.
final class LdapConnector {
    private static final Logger LOG = LoggerFactory.getLogger(LdapConnector.class);
    private static final Duration CONNECT_MAX = Duration.ofSeconds(5);
    private static final Duration ANSWER_MAX = Duration.ofSeconds(20);

    private final List<String> urls;
    private final boolean randomize;
    private final String user;
    private final String password;
    private final boolean startTls;
    private final boolean verifies;
    private final SSLSocketFactory trust;
    private final String referral;
    private final String aliases;
    private final Duration connectMax;
    private final Duration answerMax;

    LdapConnector(Config config) {
        urls = List.of(config.get(LdapOptions.URL).strip().split("[\\s,]+"));
        for (var url : urls)
            if (!url.matches("ldaps?://[^/?#]+/?"))
                throw new Config.Wrong("[ldap] url: '" + url + "' is not like ldap://HOST:PORT or ldaps://HOST:PORT");
        randomize = config.get(LdapOptions.RANDOMIZE_URLS);
        user = config.get(LdapOptions.USER);
        password = config.get(LdapOptions.PASSWORD);
        startTls = config.get(LdapOptions.USE_TLS);
        if (startTls && urls.stream().anyMatch(u -> u.startsWith("ldaps:")))
            throw new Config.Wrong("[ldap] use_tls is for ldap:// addresses; ldaps:// is encrypted by itself");
        verifies = LdapTrust.verifies(config);
        trust = LdapTrust.of(config);
        referral = config.get(LdapOptions.CHASE_REFERRALS) ? "follow" : "ignore";
        aliases = config.get(LdapOptions.ALIAS_DEREFERENCING);
        var limit = config.get(LdapOptions.CONNECTION_TIMEOUT);
        connectMax = limit.isPositive() ? limit : CONNECT_MAX;
        answerMax = limit.isPositive() ? limit : ANSWER_MAX;
    }

    String urls() {
        return String.join(" ", urls);
    }

    Duration connectMax() {
        return connectMax;
    }

    /// As the service's own user.
    LdapContext connect() throws NamingException, IOException {
        return connect(user, password);
    }

    LdapContext connect(String dn, String secret) throws NamingException, IOException {
        var order = new ArrayList<>(urls);
        if (randomize) Collections.shuffle(order);
        for (int i = 0; ; i++) {
            try {
                return connect(order.get(i), dn, secret);
            } catch (CommunicationException | ServiceUnavailableException e) {
                if (i == order.size() - 1) throw e;
                LOG.debug("LDAP server {} does not answer; trying the next", order.get(i), e);
            }
        }
    }

    private LdapContext connect(String url, String dn, String secret) throws NamingException, IOException {
        var environment = new Hashtable<String, Object>();
        environment.put(Context.INITIAL_CONTEXT_FACTORY, "com.sun.jndi.ldap.LdapCtxFactory");
        environment.put(Context.PROVIDER_URL, url);
        environment.put(Context.REFERRAL, referral);
        environment.put("com.sun.jndi.ldap.connect.timeout", Long.toString(connectMax.toMillis()));
        environment.put("com.sun.jndi.ldap.read.timeout", Long.toString(answerMax.toMillis()));
        if (!aliases.equals("default")) environment.put("java.naming.ldap.derefAliases", aliases);
        if (url.startsWith("ldaps:"))
            environment.put("java.naming.ldap.factory.socket", LdapTrust.Sockets.class.getName());
        if (!startTls) {
            login(environment, dn, secret);
            return open(environment);
        }
        var context = open(environment);
        boolean good = false;
        try {
            var tls = (StartTlsResponse) context.extendedOperation(new StartTlsRequest());
            if (!verifies) tls.setHostnameVerifier((_, _) -> true);
            tls.negotiate(trust);
            // JNDI sends the login with the next request, now on the encrypted connection.
            var after = new Hashtable<String, Object>();
            login(after, dn, secret);
            for (var entry : after.entrySet()) context.addToEnvironment(entry.getKey(), entry.getValue());
            context.reconnect(null);
            good = true;
            return context;
        } finally {
            if (!good) close(context);
        }
    }

    private static void login(Hashtable<String, Object> environment, String dn, String secret) {
        if (dn.isEmpty()) return;
        environment.put(Context.SECURITY_AUTHENTICATION, "simple");
        environment.put(Context.SECURITY_PRINCIPAL, dn);
        environment.put(Context.SECURITY_CREDENTIALS, secret);
    }

    private LdapContext open(Hashtable<String, Object> environment) throws NamingException {
        try {
            return ScopedValue.where(LdapTrust.Sockets.TRUST, trust)
                    .call(() -> new InitialLdapContext(environment, null));
        } catch (NamingException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    static void close(LdapContext context) {
        try {
            context.close();
        } catch (NamingException e) {
            LOG.debug("a connection to an LDAP server did not close cleanly", e);
        }
    }
}
