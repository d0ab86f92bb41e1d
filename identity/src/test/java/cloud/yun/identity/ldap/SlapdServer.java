package cloud.yun.identity.ldap;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/// Debian's slapd for one test: unprivileged, on free ports, in a temporary directory that goes with it.
///
/// What is searched anonymously or by [#READER] ends after 500 entries unless it is asked for in pages.
final class SlapdServer implements AutoCloseable {
    static final String SUFFIX = "dc=example,dc=org";
    static final String ADMIN = "cn=admin," + SUFFIX;
    static final String READER = "cn=reader," + SUFFIX;
    static final String PASSWORD = "sl4pd";

    private static final String ROOT = """
            dn: dc=example,dc=org
            objectClass: dcObject
            objectClass: organization
            dc: example
            o: Example

            dn: cn=reader,dc=example,dc=org
            objectClass: organizationalRole
            objectClass: simpleSecurityObject
            cn: reader
            userPassword: sl4pd

            """;

    private final Path directory;
    private final int port = freePort();
    private final int tlsPort = freePort();
    private Process process;

    /// @param ldif entries below the suffix, each block ended by an empty line
    static SlapdServer start(String ldif) {
        return start(ldif, "");
    }

    /// @param more a line of slapd.conf before the database, for example `security simple_bind=128`
    static SlapdServer start(String ldif, String more) {
        try {
            var server = new SlapdServer(Files.createTempDirectory(Path.of("/tmp"), "yun-slapd"));
            server.prepare(ldif, more);
            server.run();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @SuppressWarnings("NullAway.Init") // run() follows at once
    private SlapdServer(Path directory) {
        this.directory = directory;
    }

    private static int freePort() {
        try (var probe = new ServerSocket(0)) {
            return probe.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String url() {
        return "ldap://127.0.0.1:" + port;
    }

    /// The certificate is for this name.
    String tlsUrl() {
        return "ldaps://localhost:" + tlsPort;
    }

    String startTlsUrl() {
        return "ldap://localhost:" + port;
    }

    Path certificate() {
        return directory.resolve("cert.pem");
    }

    private void prepare(String ldif, String more) throws IOException {
        Files.createDirectory(directory.resolve("db"));
        // Debian's AppArmor profile binds the program at its own path to its own directories; a copy is free.
        Files.copy(Path.of("/usr/sbin/slapd"), directory.resolve("slapd"));
        execute(
                List.of(
                        "openssl",
                        "req",
                        "-x509",
                        "-newkey",
                        "rsa:2048",
                        "-nodes",
                        "-days",
                        "2",
                        "-subj",
                        "/CN=localhost",
                        "-addext",
                        "subjectAltName=DNS:localhost",
                        "-keyout",
                        directory + "/key.pem",
                        "-out",
                        certificate().toString()),
                "");
        Files.writeString(directory.resolve("slapd.conf"), """
                include /etc/ldap/schema/core.schema
                include /etc/ldap/schema/cosine.schema
                include /etc/ldap/schema/inetorgperson.schema
                include /etc/ldap/schema/nis.schema
                modulepath /usr/lib/ldap
                moduleload back_mdb
                pidfile DIR/slapd.pid
                TLSCertificateFile DIR/cert.pem
                TLSCertificateKeyFile DIR/key.pem
                TLSCACertificateFile DIR/cert.pem
                sizelimit size.soft=500 size.hard=500 size.prtotal=unlimited
                MORE
                database mdb
                maxsize 268435456
                suffix "dc=example,dc=org"
                rootdn "cn=admin,dc=example,dc=org"
                rootpw sl4pd
                directory DIR/db
                dbnosync
                index objectClass,sn,member,memberUid eq
                index uid,cn eq,sub
                access to attrs=userPassword by anonymous auth by * none
                access to * by * read
                """.replace("DIR", directory.toString())
                .replace("MORE", more));
        Files.writeString(directory.resolve("start.ldif"), ROOT + ldif);
        if (root()) execute(List.of("chown", "-R", "nobody:nogroup", directory.toString()), "");
        execute(slapd("-T", "add", "-q", "-f", directory + "/slapd.conf", "-l", directory + "/start.ldif"), "");
    }

    private List<String> slapd(String... arguments) {
        var command = new ArrayList<String>();
        if (root()) command.addAll(List.of("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"));
        command.add(directory + "/slapd");
        command.addAll(List.of(arguments));
        return command;
    }

    /// Starts it, or starts it again after [#stop].
    void run() throws IOException {
        process = new ProcessBuilder(slapd(
                        "-d", "0", "-f", directory + "/slapd.conf", "-h", url() + " ldaps://127.0.0.1:" + tlsPort))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("log").toFile()))
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(this::answers);
    }

    private boolean answers() throws IOException {
        if (!process.isAlive()) throw new IllegalStateException(Files.readString(directory.resolve("log")));
        try (var _ = new Socket("127.0.0.1", port)) {
            return true;
        } catch (java.net.ConnectException e) {
            return false;
        }
    }

    void stop() {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS))
                process.destroyForcibly().waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /// @param ldif with `changetype` lines
    void change(String ldif) {
        execute(List.of("ldapmodify", "-x", "-H", url(), "-D", ADMIN, "-w", PASSWORD), ldif);
    }

    private static boolean root() {
        return "root".equals(System.getProperty("user.name"));
    }

    private static void execute(List<String> command, String input) {
        try {
            var in = Files.createTempFile("yun-slapd", ".in");
            var out = Files.createTempFile("yun-slapd", ".out");
            Files.writeString(in, input);
            var process = new ProcessBuilder(command)
                    .redirectInput(in.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(out.toFile())
                    .start();
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException(command + " did not end in 60 s");
            }
            var said = Files.readString(out);
            Files.delete(in);
            Files.delete(out);
            if (process.exitValue() != 0) throw new IllegalStateException(command + ": " + said);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        stop();
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(java.util.Comparator.reverseOrder())
                    .forEach(f -> f.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
