package cloud.yun.identity.token;

import java.util.List;
import java.util.Optional;

/// `[token] provider = fernet`.
public final class FernetTokens implements TokenProvider {
    private final FernetKeys keys;
    private final TokenFormat format;

    /// @param methods `[auth] methods`, in its order
    public FernetTokens(FernetKeys keys, List<String> methods) {
        this.keys = keys;
        this.format = new TokenFormat(methods);
    }

    @Override
    public String seal(TokenPayload payload) {
        return Fernet.seal(keys.primary(), format.pack(payload), payload.issuedAt());
    }

    @Override
    public Optional<TokenPayload> open(String token) {
        return Fernet.open(keys.all(), token).flatMap(o -> format.unpack(o.plain(), o.issuedAt()));
    }

    @Override
    public String unknown(String token) {
        return "Could not recognize Fernet token";
    }
}
