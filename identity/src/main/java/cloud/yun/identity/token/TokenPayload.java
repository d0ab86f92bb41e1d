package cloud.yun.identity.token;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// What a Fernet token of Keystone carries. Each kind of scope has its version of the payload.
///
/// @param methods how the user proved who they are, for example `password`
/// @param appCredentialId the application credential behind the token, if there is one
/// @param issuedAt exact: the seconds are the time stamp of the Fernet token, the fraction is that of the expiry
///     in the payload, which Keystone leaves zero. So a token and a revocation in one second have an order.
/// @param expiresAt whole seconds
/// @param auditIds this token's id, and the id of the first token of its chain if it was made from another
public record TokenPayload(
        String userId,
        List<String> methods,
        Scope scope,
        Optional<String> appCredentialId,
        Instant issuedAt,
        Instant expiresAt,
        List<String> auditIds) {
    /// Bit by bit in Keystone's default order of `[auth] methods`.
    public static final List<String> METHODS =
            List.of("external", "password", "token", "oauth1", "mapped", "application_credential");

    private static final int UNSCOPED = 0;
    private static final int DOMAIN = 1;
    private static final int PROJECT = 2;
    private static final int SYSTEM = 8;
    private static final int APP_CREDENTIAL = 9;
    private static final Pattern HEX = Pattern.compile("[0-9a-f]{32}");

    /// The id that this token's chain began with.
    public String chainId() {
        return auditIds.getLast();
    }

    public byte[] pack() {
        var values = new ArrayList<Object>();
        var user = idPair(userId);
        double expires = expiresAt.getEpochSecond() + issuedAt.getNano() / 1e9;
        var audits =
                auditIds.stream().map(a -> Base64.getUrlDecoder().decode(a)).toList();
        switch (scope) {
            case Scope.Unscoped _ -> values.addAll(List.of(UNSCOPED, user, bits(methods), expires, audits));
            case Scope.Domain d -> values.addAll(List.of(DOMAIN, user, bits(methods), domain(d.id()), expires, audits));
            case Scope.System _ -> values.addAll(List.of(SYSTEM, user, bits(methods), "all", expires, audits));
            case Scope.Project p -> {
                values.addAll(List.of(
                        appCredentialId.isPresent() ? APP_CREDENTIAL : PROJECT,
                        user,
                        bits(methods),
                        idPair(p.id()),
                        expires,
                        audits));
                appCredentialId.ifPresent(a -> values.add(idPair(a)));
            }
        }
        return MessagePack.pack(values);
    }

    /// @param stamp the time stamp of the Fernet token
    /// @return empty for what is not a payload that we know
    public static Optional<TokenPayload> unpack(byte[] bytes, Instant stamp) {
        try {
            var values = MessagePack.unpack(bytes);
            int version = number(values, 0);
            boolean unscoped = version == UNSCOPED;
            Scope scope = switch (version) {
                case UNSCOPED -> new Scope.Unscoped();
                case DOMAIN -> new Scope.Domain(id(values.get(3)));
                case PROJECT, APP_CREDENTIAL -> new Scope.Project(id(values.get(3)));
                case SYSTEM -> new Scope.System();
                default -> throw new MessagePack.Malformed("payload version " + version);
            };
            int rest = unscoped ? 3 : 4;
            double expires = seconds(values.get(rest));
            return Optional.of(new TokenPayload(
                    id(values.get(1)),
                    methods(number(values, 2)),
                    scope,
                    version == APP_CREDENTIAL ? Optional.of(id(values.get(6))) : Optional.empty(),
                    stamp.plusNanos(Math.round((expires - Math.floor(expires)) * 1e6) * 1000),
                    Instant.ofEpochSecond((long) Math.floor(expires)),
                    audits(values.get(rest + 1))));
        } catch (MessagePack.Malformed | IndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    private static int number(List<?> values, int at) throws MessagePack.Malformed {
        if (values.get(at) instanceof Integer i) return i;
        throw new MessagePack.Malformed("no number at " + at);
    }

    private static double seconds(Object value) throws MessagePack.Malformed {
        if (value instanceof Integer i) return i;
        if (value instanceof Double d && Math.abs(d) < 1e11) return d;
        throw new MessagePack.Malformed("no time");
    }

    private static List<String> audits(Object value) throws MessagePack.Malformed {
        if (!(value instanceof List<?> list) || list.isEmpty()) throw new MessagePack.Malformed("no audit ids");
        var found = new ArrayList<String>();
        for (var item : list) {
            if (!(item instanceof byte[] bytes)) throw new MessagePack.Malformed("no audit id");
            found.add(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
        }
        return List.copyOf(found);
    }

    private static int bits(List<String> methods) {
        int bits = 0;
        for (var method : methods) bits |= 1 << METHODS.indexOf(method);
        return bits;
    }

    private static List<String> methods(int bits) {
        var found = new ArrayList<String>();
        for (int i = 0; i < METHODS.size(); i++) if ((bits >> i & 1) == 1) found.add(METHODS.get(i));
        return List.copyOf(found);
    }

    /// `(true, 16 bytes)` for a UUID, `(false, text)` for any other id.
    private static List<Object> idPair(String id) {
        return HEX.matcher(id).matches() ? List.of(true, HexFormat.of().parseHex(id)) : List.of(false, id);
    }

    /// A domain id is not paired: bytes if it is a UUID, else the text itself (`default`).
    private static Object domain(String id) {
        return HEX.matcher(id).matches() ? HexFormat.of().parseHex(id) : id;
    }

    private static String id(Object value) throws MessagePack.Malformed {
        return switch (value) {
            case List<?> pair when pair.size() == 2 -> id(pair.get(1));
            case byte[] bytes
            when bytes.length == 16 ->
                HexFormat.of().formatHex(ByteBuffer.wrap(bytes).array());
            case byte[] bytes -> new String(bytes, java.nio.charset.StandardCharsets.UTF_8);
            case String text -> text;
            default -> throw new MessagePack.Malformed("no id");
        };
    }
}
