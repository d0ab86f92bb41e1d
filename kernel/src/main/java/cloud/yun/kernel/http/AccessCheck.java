package cloud.yun.kernel.http;

import cloud.yun.kernel.auth.Authenticator;
import cloud.yun.kernel.auth.Caller;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Keeps a token of an application credential to the calls that the credential's access rules name.
///
/// As with keystonemiddleware, such a token is no token at all for any other call: the answer is 401. A request that
/// also carries a service's own token is part of a longer chain whose first link was checked.
///
/// @see <a href="https://docs.openstack.org/keystone/latest/user/application_credentials.html#access-rules">access
///     rules</a>
final class AccessCheck {
    private static final Pattern PART = Pattern.compile("\\{[^}]*}|\\*\\*|\\*|[^{}*]+");
    private static final Set<String> BLOCK_STORAGE =
            Set.of("block-storage", "block-store", "volume", "volumev2", "volumev3");

    private final ApiService service;
    private final Authenticator authenticator;

    AccessCheck(ApiService service, Authenticator authenticator) {
        this.service = service;
        this.authenticator = authenticator;
    }

    boolean allows(Caller caller, Exchange exchange) {
        var rules = caller.token().map(Caller.Token::accessRules).orElse(List.of());
        if (rules.isEmpty()) return true;
        var method = exchange.method();
        var path = exchange.path();
        // Whoever has a token may look at it.
        if (service.type().equals("identity") && method.equals("GET") && path.equals("/v3/auth/tokens")) return true;
        return rules.stream().anyMatch(r -> covers(r, method, path)) || fromService(exchange.header("X-Service-Token"));
    }

    private boolean covers(Caller.AccessRule rule, String method, String path) {
        return rule.method().equals(method)
                && isThis(rule.service())
                && (matches(rule.path(), path) || matches(rule.path(), service.mount() + path));
    }

    private boolean isThis(String type) {
        return type.equals(service.type()) || (BLOCK_STORAGE.contains(service.type()) && BLOCK_STORAGE.contains(type));
    }

    /// Whether the token is one of a service.
    boolean fromService(Optional<String> token) {
        return token.flatMap(authenticator::authenticate)
                .map(c -> c.hasRole("service"))
                .orElse(false);
    }

    /// @param pattern `*` and `{name}` stand for one segment, `**` for any number of characters
    static boolean matches(String pattern, String path) {
        var regex = new StringBuilder();
        var parts = PART.matcher(pattern);
        while (parts.find()) {
            var part = parts.group();
            if (part.equals("**")) regex.append(".*");
            else if (part.equals("*") || part.startsWith("{")) regex.append("[^/]+");
            else regex.append(Pattern.quote(part));
        }
        return path.matches(regex.toString());
    }
}
