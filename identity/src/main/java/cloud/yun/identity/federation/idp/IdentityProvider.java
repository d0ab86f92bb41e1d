package cloud.yun.identity.federation.idp;

import java.util.List;
import java.util.Optional;

/// Somebody who may say who a user is.
///
/// @param domainId where its users stand
/// @param remoteIds the names under which its assertions arrive; none of them is another provider's
/// @param authorizationTtlMinutes how long the group memberships that its mapping gives outlive the login
record IdentityProvider(
        String id,
        String domainId,
        boolean enabled,
        Optional<String> description,
        List<String> remoteIds,
        Optional<Long> authorizationTtlMinutes) {
    /// One way to talk to a provider, for example `saml2` or `openid`.
    ///
    /// @param remoteIdAttribute the attribute of an assertion that holds the remote id
    record Protocol(String idpId, String id, String mappingId, Optional<String> remoteIdAttribute) {}

    IdentityProvider withRemoteIds(List<String> ids) {
        return new IdentityProvider(id, domainId, enabled, description, List.copyOf(ids), authorizationTtlMinutes);
    }
}
