package cloud.yun.compute;

import cloud.yun.kernel.policy.Policy;
import cloud.yun.kernel.policy.PolicyFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The room's policy: upstream's rules and what each resource adds or changes.
///
/// @see <a href="https://docs.openstack.org/nova/latest/configuration/policy.html">Nova policies</a>
public final class ComputePolicy {
    /// Rule texts as upstream's defaults write them.
    public static final String ADMIN = "rule:context_is_admin";

    public static final String MEMBER_OR_ADMIN = "rule:project_member_or_admin";
    public static final String READER_OR_ADMIN = "rule:project_reader_or_admin";
    public static final String MANAGER_OR_ADMIN = "rule:project_manager_or_admin";
    public static final String ANY = "@";

    private static final Map<String, String> UPSTREAM = read();

    private ComputePolicy() {}

    /// @param rules of each resource, rule name to rule text
    static Policy of(PolicyFile file, List<Map<String, String>> rules) {
        var all = new LinkedHashMap<>(UPSTREAM);
        rules.forEach(all::putAll);
        return new Policy(all, file);
    }

    /// Every rule that Nova 2026.1 has, with its default; a resource's own rules go over them.
    ///
    /// @return rule name to rule text
    public static Map<String, String> upstream() {
        return UPSTREAM;
    }

    private static Map<String, String> read() {
        try (var in = ComputePolicy.class.getResourceAsStream("/compute-policies.txt")) {
            if (in == null) throw new IllegalStateException("no compute-policies.txt");
            var all = new LinkedHashMap<String, String>();
            new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().forEach(line -> {
                var parts = line.split(": ", 2);
                all.put(parts[0], parts[1]);
            });
            return Collections.unmodifiableMap(all);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
