package cloud.yun.identity.token;

import cloud.yun.identity.token.MessagePack.Malformed;
import cloud.yun.identity.token.Receipts.Receipt;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// The bytes of a payload: a MessagePack array that begins with the number of its version, as Keystone packs it.
///
/// The versions are of unscoped (0), domain (1), project (2), trust (3), federated unscoped, project and domain
/// (4, 5, 6), OAuth 1 (7), system (8), application credential (9) and OAuth 2 with a certificate (10). All begin
/// with user and methods, and hold expiry and audit ids side by side; what stands before and after these two is
/// each version's own.
final class TokenFormat {
    private static final int UNSCOPED = 0;
    private static final int DOMAIN = 1;
    private static final int PROJECT = 2;
    private static final int TRUST = 3;
    private static final int FEDERATED = 4;
    private static final int FEDERATED_PROJECT = 5;
    private static final int FEDERATED_DOMAIN = 6;
    private static final int ACCESS_TOKEN = 7;
    private static final int SYSTEM = 8;
    private static final int APP_CREDENTIAL = 9;
    private static final int CERTIFICATE = 10;
    private static final Pattern HEX = Pattern.compile("[0-9a-f]{32}");

    private final List<String> methods;

    /// @param methods bit by bit, from the lowest: the order of `[auth] methods`. All who read each other's tokens
    ///     must have the same.
    TokenFormat(List<String> methods) {
        this.methods = List.copyOf(methods);
    }

    byte[] pack(TokenPayload p) {
        var values = new ArrayList<Object>();
        values.add(version(p));
        values.add(idPair(p.userId()));
        values.add(bits(p.methods()));
        before(p, values);
        values.add(p.expiresAt().getEpochSecond() + p.issuedAt().getNano() / 1e9);
        values.add(
                p.auditIds().stream().map(a -> Base64.getUrlDecoder().decode(a)).toList());
        switch (p.delegation()) {
            case Delegation.Trust t -> values.add(bytesOrText(t.id()));
            case Delegation.AppCredential a -> values.add(idPair(a.id()));
            case Delegation.Certificate c -> values.add(List.of(false, c.thumbprint()));
            case Delegation.None _, Delegation.Federation _, Delegation.AccessToken _ -> {}
        }
        return MessagePack.pack(values);
    }

    private static int version(TokenPayload p) {
        return switch (p.delegation()) {
            case Delegation.Trust _ -> TRUST;
            case Delegation.AccessToken _ -> ACCESS_TOKEN;
            case Delegation.AppCredential _ -> APP_CREDENTIAL;
            case Delegation.Certificate _ -> CERTIFICATE;
            case Delegation.Federation _ ->
                switch (p.scope()) {
                    case Scope.Project _ -> FEDERATED_PROJECT;
                    case Scope.Domain _ -> FEDERATED_DOMAIN;
                    case Scope.Unscoped _, Scope.System _ -> FEDERATED;
                };
            case Delegation.None _ ->
                switch (p.scope()) {
                    case Scope.Unscoped _ -> UNSCOPED;
                    case Scope.Domain _ -> DOMAIN;
                    case Scope.Project _ -> PROJECT;
                    case Scope.System _ -> SYSTEM;
                };
        };
    }

    /// What stands between the methods and the expiry: the scope, then what the delegation adds to it.
    private static void before(TokenPayload p, List<Object> values) {
        switch (p.scope()) {
            case Scope.Unscoped _ -> {}
            case Scope.Project s -> values.add(idPair(s.id()));
            case Scope.Domain s ->
                values.add(p.delegation() instanceof Delegation.Federation ? idPair(s.id()) : bytesOrText(s.id()));
            case Scope.System _ -> values.add("all");
        }
        switch (p.delegation()) {
            case Delegation.Federation f -> {
                values.add(f.groupIds().stream().map(TokenFormat::idPair).toList());
                values.add(idPair(f.identityProviderId()));
                values.add(f.protocolId());
            }
            case Delegation.AccessToken a -> values.add(idPair(a.id()));
            case Delegation.Certificate c ->
                values.add(c.domainId()
                        .<Object>map(TokenFormat::idPair)
                        .orElseGet(() -> List.of(false, Optional.empty())));
            case Delegation.None _, Delegation.Trust _, Delegation.AppCredential _ -> {}
        }
    }

    /// @param stamp the time stamp of the Fernet token
    /// @return empty for what is not a payload that we know
    Optional<TokenPayload> unpack(byte[] bytes, Instant stamp) {
        try {
            var values = MessagePack.unpack(bytes);
            int version = number(values, 0);
            int time = expiryAt(version);
            double expires = seconds(values.get(time));
            return Optional.of(new TokenPayload(
                    id(values.get(1)),
                    names(number(values, 2)),
                    scope(version, values),
                    delegation(version, values),
                    stamp.plusNanos(Math.round((expires - Math.floor(expires)) * 1e6) * 1000),
                    Instant.ofEpochSecond((long) Math.floor(expires)),
                    audits(values.get(time + 1))));
        } catch (Malformed | IndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    /// What a receipt says: user, methods, expiry.
    byte[] packReceipt(String userId, List<String> passed, Instant expiresAt) {
        return MessagePack.pack(List.of(idPair(userId), bits(passed), (double) expiresAt.getEpochSecond()));
    }

    Optional<Receipt> unpackReceipt(String id, Fernet.Opened opened) {
        try {
            var values = MessagePack.unpack(opened.plain());
            return Optional.of(new Receipt(
                    id, id(values.get(0)), names(number(values, 1)), opened.issuedAt(), Instant.ofEpochSecond((long)
                            seconds(values.get(2)))));
        } catch (Malformed | IndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    private static int expiryAt(int version) throws Malformed {
        return switch (version) {
            case UNSCOPED -> 3;
            case DOMAIN, PROJECT, TRUST, SYSTEM, APP_CREDENTIAL -> 4;
            case ACCESS_TOKEN, CERTIFICATE -> 5;
            case FEDERATED -> 6;
            case FEDERATED_PROJECT, FEDERATED_DOMAIN -> 7;
            default -> throw new Malformed("payload version " + version);
        };
    }

    private static Scope scope(int version, List<?> values) throws Malformed {
        return switch (version) {
            case UNSCOPED, FEDERATED -> new Scope.Unscoped();
            case DOMAIN, FEDERATED_DOMAIN -> new Scope.Domain(id(values.get(3)));
            case SYSTEM -> new Scope.System();
            default -> new Scope.Project(id(values.get(3)));
        };
    }

    private static Delegation delegation(int version, List<?> values) throws Malformed {
        return switch (version) {
            case TRUST -> new Delegation.Trust(id(values.get(6)));
            case FEDERATED -> federation(values, 3);
            case FEDERATED_PROJECT, FEDERATED_DOMAIN -> federation(values, 4);
            case ACCESS_TOKEN -> new Delegation.AccessToken(id(values.get(4)));
            case APP_CREDENTIAL -> new Delegation.AppCredential(id(values.get(6)));
            case CERTIFICATE ->
                new Delegation.Certificate(
                        id(values.get(7)), Optional.of(id(values.get(4))).filter(d -> !d.isEmpty()));
            default -> Delegation.NONE;
        };
    }

    private static Delegation federation(List<?> values, int from) throws Malformed {
        if (!(values.get(from) instanceof List<?> packed)) throw new Malformed("no groups");
        var groups = new ArrayList<String>();
        for (var group : packed) groups.add(id(group));
        return new Delegation.Federation(List.copyOf(groups), id(values.get(from + 1)), id(values.get(from + 2)));
    }

    private static int number(List<?> values, int at) throws Malformed {
        if (values.get(at) instanceof Integer i) return i;
        throw new Malformed("no number at " + at);
    }

    private static double seconds(Object value) throws Malformed {
        if (value instanceof Integer i) return i;
        if (value instanceof Double d && Math.abs(d) < 1e11) return d;
        throw new Malformed("no time");
    }

    private static List<String> audits(Object value) throws Malformed {
        if (!(value instanceof List<?> list) || list.isEmpty()) throw new Malformed("no audit ids");
        var found = new ArrayList<String>();
        for (var item : list) {
            if (!(item instanceof byte[] bytes)) throw new Malformed("no audit id");
            found.add(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
        }
        return List.copyOf(found);
    }

    /// A method that `[auth] methods` does not name leaves no bit, as in Keystone.
    private int bits(List<String> names) {
        int bits = 0;
        for (var name : names) if (methods.contains(name)) bits |= 1 << methods.indexOf(name);
        return bits;
    }

    private List<String> names(int bits) {
        var found = new ArrayList<String>();
        for (int i = 0; i < methods.size(); i++) if ((bits >> i & 1) == 1) found.add(methods.get(i));
        return List.copyOf(found);
    }

    /// `(true, 16 bytes)` for a UUID, `(false, text)` for any other id.
    private static List<Object> idPair(String id) {
        return HEX.matcher(id).matches() ? List.of(true, HexFormat.of().parseHex(id)) : List.of(false, id);
    }

    /// Ids of domains and trusts are not paired: bytes if it is a UUID, else the text itself (`default`).
    private static Object bytesOrText(String id) {
        return HEX.matcher(id).matches() ? HexFormat.of().parseHex(id) : id;
    }

    private static String id(Object value) throws Malformed {
        return switch (value) {
            case List<?> pair when pair.size() == 2 -> id(pair.get(1));
            case byte[] bytes
            when bytes.length == 16 ->
                HexFormat.of().formatHex(ByteBuffer.wrap(bytes).array());
            case byte[] bytes -> new String(bytes, StandardCharsets.UTF_8);
            case String text -> text;
            default -> throw new Malformed("no id");
        };
    }
}
