package cloud.yun.identity.federation.sp;

import cloud.yun.kernel.error.CloudException.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What this cloud says of itself to service providers, as a SAML 2 document that the operator made.
public final class Saml2Metadata {
    private static final Logger LOG = LoggerFactory.getLogger(Saml2Metadata.class);

    private final Path file;

    public Saml2Metadata(Path file) {
        this.file = file;
    }

    /// @throws Refused 500, as Keystone answers, when there is no such file; the reason is in the log only
    String read() {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            LOG.warn("no SAML metadata: {}", e.toString());
            throw new Refused(500, "An unexpected error prevented the server from fulfilling your request.");
        }
    }
}
