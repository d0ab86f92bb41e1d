package cloud.yun.identity.ldap;

import cloud.yun.kernel.config.Config;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.SocketFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/// Which certificates of a directory's servers are good: `tls_cacertfile`, `tls_cacertdir`, `tls_req_cert`.
final class LdapTrust {
    private LdapTrust() {}

    /// @throws Config.Wrong a file cannot be read or holds no certificate
    static SSLSocketFactory of(Config config) {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(null, managers(config), null);
            return context.getSocketFactory();
        } catch (GeneralSecurityException | IOException e) {
            throw new Config.Wrong("[ldap] tls_cacertfile or tls_cacertdir: " + e.getMessage());
        }
    }

    static boolean verifies(Config config) {
        return config.get(LdapOptions.TLS_REQUIRE).equals("demand");
    }

    private static TrustManager[] managers(Config config) throws GeneralSecurityException, IOException {
        if (!verifies(config)) return new TrustManager[] {new Anybody()};
        var files = files(config);
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        if (files.isEmpty()) {
            factory.init((KeyStore) null);
            return factory.getTrustManagers();
        }
        var store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        var certificates = CertificateFactory.getInstance("X.509");
        for (var file : files) {
            try (var in = Files.newInputStream(file)) {
                for (var certificate : certificates.generateCertificates(in))
                    store.setCertificateEntry("ca" + store.size(), certificate);
            }
        }
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static List<Path> files(Config config) throws IOException {
        var found = new ArrayList<Path>();
        var file = config.get(LdapOptions.TLS_CA_FILE);
        if (!file.isEmpty()) found.add(Path.of(file));
        var directory = config.get(LdapOptions.TLS_CA_DIRECTORY);
        if (!directory.isEmpty())
            try (var files = Files.list(Path.of(directory))) {
                files.filter(f -> f.toString().matches(".*\\.(pem|crt|\\d)")).forEach(found::add);
            }
        return found;
    }

    /// JNDI makes the sockets of `ldaps://` through a class that it knows by name; which trust holds for the
    /// connection being made is bound around that call.
    public static final class Sockets extends SocketFactory {
        static final ScopedValue<SSLSocketFactory> TRUST = ScopedValue.newInstance();

        public static SocketFactory getDefault() {
            return new Sockets();
        }

        @Override
        public Socket createSocket() throws IOException {
            return TRUST.get().createSocket();
        }

        @Override
        public Socket createSocket(String host, int port) throws IOException {
            return TRUST.get().createSocket(host, port);
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress from, int fromPort) throws IOException {
            return TRUST.get().createSocket(host, port, from, fromPort);
        }

        @Override
        public Socket createSocket(InetAddress host, int port) throws IOException {
            return TRUST.get().createSocket(host, port);
        }

        @Override
        public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort) throws IOException {
            return TRUST.get().createSocket(host, port, from, fromPort);
        }
    }

    /// `tls_req_cert = never`: the operator asked for no check at all.
    private static final class Anybody extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
