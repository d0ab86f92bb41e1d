package cloud.yun.kernel.policy;

import cloud.yun.kernel.error.CloudException.Invalid;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Reads oslo.policy's rule language: `@`, `!`, `and`, `or`, `not`, parentheses, `role:x`, `rule:x`, `a:b`.
final class Parser {
    private static final Pattern TOKEN = Pattern.compile("\\s*(\\(|\\)|[^\\s()]*%\\([^)]*\\)s[^\\s()]*|[^\\s()]+)");

    private final List<String> tokens = new ArrayList<>();
    private final String text;
    private final boolean rolesDiffer;
    private int next;

    private Parser(String text, boolean rolesDiffer) {
        this.text = text;
        this.rolesDiffer = rolesDiffer;
        var matcher = TOKEN.matcher(text);
        int end = 0;
        while (matcher.find() && matcher.start() == end) {
            tokens.add(matcher.group(1));
            end = matcher.end();
        }
    }

    /// @throws Invalid the text is not a rule
    static Check parse(String text) {
        return parse(text, true);
    }

    /// @param rolesDiffer whether `role:reader` and `role:member` ask for these roles, or for any
    static Check parse(String text, boolean rolesDiffer) {
        if (text.isBlank()) return new Check.Always(true);
        var parser = new Parser(text, rolesDiffer);
        var check = parser.any();
        if (parser.next != parser.tokens.size()) throw parser.failure();
        return check;
    }

    private Check any() {
        var checks = new ArrayList<Check>();
        checks.add(all());
        while (take("or")) checks.add(all());
        return checks.size() == 1 ? checks.getFirst() : new Check.Any(List.copyOf(checks));
    }

    private Check all() {
        var checks = new ArrayList<Check>();
        checks.add(one());
        while (take("and")) checks.add(one());
        return checks.size() == 1 ? checks.getFirst() : new Check.All(List.copyOf(checks));
    }

    private Check one() {
        if (take("not")) return new Check.Not(one());
        if (take("(")) {
            var inner = any();
            if (!take(")")) throw failure();
            return inner;
        }
        if (next == tokens.size()) throw failure();
        return atom(tokens.get(next++));
    }

    private Check atom(String token) {
        if (token.equals("@")) return new Check.Always(true);
        if (token.equals("!")) return new Check.Always(false);
        int colon = token.indexOf(':');
        if (colon <= 0 || colon == token.length() - 1) throw failure();
        var kind = token.substring(0, colon);
        var match = token.substring(colon + 1);
        return switch (kind) {
            case "rule" -> new Check.Rule(match);
            case "role" ->
                !rolesDiffer && (match.equals("reader") || match.equals("member"))
                        ? new Check.AnyRole()
                        : new Check.Role(match);
            case "field" -> field(match);
            default -> new Check.Equal(kind, match);
        };
    }

    private Check field(String match) {
        int equals = match.indexOf('=');
        int colon = match.indexOf(':');
        if (equals < 0 || colon < 0 || colon > equals) throw failure();
        return new Check.Field(match.substring(colon + 1, equals), match.substring(equals + 1));
    }

    private boolean take(String word) {
        if (next < tokens.size() && tokens.get(next).equalsIgnoreCase(word)) {
            next++;
            return true;
        }
        return false;
    }

    private Invalid failure() {
        return new Invalid("This is not a policy rule: " + text);
    }
}
