package cloud.yun.identity.token;

import java.util.List;
import java.util.Optional;

/// What a token rests on besides its user. Each kind has a version of Keystone's payload of its own.
public sealed interface Delegation {
    /// The user alone.
    Delegation NONE = new None();

    record None() implements Delegation {}

    /// `OS-TRUST`: the user acts for the trustor, on the trust's project.
    record Trust(String id) implements Delegation {}

    /// The user came by an identity provider; the groups are those that its mapping gave.
    record Federation(List<String> groupIds, String identityProviderId, String protocolId) implements Delegation {}

    /// An access token of OAuth 1.0a.
    record AccessToken(String id) implements Delegation {}

    record AppCredential(String id) implements Delegation {}

    /// OAuth 2.0 bound to a client certificate.
    ///
    /// @param domainId the payload has room for it; Keystone leaves it empty
    record Certificate(String thumbprint, Optional<String> domainId) implements Delegation {}
}
