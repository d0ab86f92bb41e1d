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

/// The room's policy: every rule that upstream has, with its default (`compute-policies.txt`), and over them what a
/// resource of ours says otherwise.
///
/// @see <a href="https://docs.openstack.org/nova/latest/configuration/policy.html">Nova policies</a>
public final class ComputePolicy {
    /// What the names of nearly all rules begin with.
    public static final String PREFIX = "os_compute_api:";

    /// Upstream's text for what only admins may.
    public static final String ADMIN = "rule:context_is_admin";

    private static final Map<String, String> UPSTREAM = read();

    private ComputePolicy() {}

    /// @param rules of the resources that differ from upstream, rule name to rule text
    static Policy of(PolicyFile file, List<Map<String, String>> rules) {
        var all = new LinkedHashMap<>(UPSTREAM);
        rules.forEach(all::putAll);
        return new Policy(all, file);
    }

    /// @return every rule that Nova 2026.1 has, with its default
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
