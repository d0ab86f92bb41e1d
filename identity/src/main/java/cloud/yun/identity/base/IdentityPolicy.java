package cloud.yun.identity.base;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/// The default rules, read from `policy/identity.yaml` on the class path: upstream's, then ours for the shipped
/// roles.
public final class IdentityPolicy {
    private static final Pattern LINE = Pattern.compile("^\"([^\"]+)\": \"([^\"]*)\"$");

    private IdentityPolicy() {}

    /// @return rule name to rule text, in the order of the file
    public static Map<String, String> defaults() {
        var rules = new LinkedHashMap<String, String>();
        try (var in = IdentityPolicy.class.getClassLoader().getResourceAsStream("policy/identity.yaml")) {
            if (in == null) throw new IllegalStateException("no policy/identity.yaml");
            for (var line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n", -1)) {
                if (line.isBlank() || line.startsWith("#")) continue;
                var matcher = LINE.matcher(line);
                if (!matcher.matches()) throw new IllegalStateException("not a rule: " + line);
                rules.put(matcher.group(1), matcher.group(2));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return rules;
    }
}
