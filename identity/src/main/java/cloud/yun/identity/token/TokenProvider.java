package cloud.yun.identity.token;

import java.util.Optional;

/// How a payload becomes a token and the reverse: `[token] provider`.
public interface TokenProvider {
    String seal(TokenPayload payload);

    /// @return empty when the text is no token that one of our keys made, or was changed
    Optional<TokenPayload> open(String token);

    /// What Keystone says of a text that is no token.
    String unknown(String token);
}
