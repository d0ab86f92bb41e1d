package cloud.yun.identity.federation.sp;

import java.util.Optional;

/// Another cloud.
///
/// @param authUrl where a user of ours logs in there
/// @param spUrl where the assertion is sent
/// @param relayStatePrefix what the RelayState of the assertion begins with
record ServiceProvider(
        String id,
        boolean enabled,
        Optional<String> description,
        String authUrl,
        String spUrl,
        String relayStatePrefix) {}
