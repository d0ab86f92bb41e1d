package cloud.yun.network;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/// The default policy, from `policy/network.rules` on the class path.
final class Rules {
    private Rules() {}

    static Map<String, String> defaults() {
        try (var in = Rules.class.getClassLoader().getResourceAsStream("policy/network.rules")) {
            if (in == null) throw new IllegalStateException("policy/network.rules is not on the class path");
            var rules = new LinkedHashMap<String, String>();
            for (var line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n", -1)) {
                if (line.isBlank() || line.startsWith("#")) continue;
                int equals = line.indexOf(" =");
                rules.put(
                        line.substring(0, equals).strip(),
                        line.substring(equals + 2).strip());
            }
            return rules;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
