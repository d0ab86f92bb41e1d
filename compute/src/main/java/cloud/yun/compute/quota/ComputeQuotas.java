package cloud.yun.compute.quota;

import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.config.Option;
import cloud.yun.kernel.error.CloudException.OverQuota;
import cloud.yun.kernel.quota.Quotas;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// The room's quotas: what is counted, its defaults, and Nova's words when it does not fit.
public final class ComputeQuotas {
    private static final List<Option<Integer>> LIMITS = List.of(
            limit("instances", 10, "Servers of a project."),
            limit("cores", 20, "Virtual CPUs of a project."),
            limit("ram", 51_200, "Memory of a project, in MiB."),
            limit("metadata_items", 128, "Metadata items of one server."),
            limit("injected_files", 5, "Files injected into one server."),
            limit("injected_file_content_bytes", 10 * 1024, "Length of one injected file, in bytes."),
            limit("injected_file_path_length", 255, "Length of an injected file's path."),
            limit("key_pairs", 100, "Keypairs of a user."),
            limit("server_groups", 10, "Server groups of a project."),
            limit("server_group_members", 10, "Servers of one server group."));

    private ComputeQuotas() {}

    private static Option<Integer> limit(String name, int standard, String help) {
        return Option.integer("quota", name, standard, help + " -1: no limit.");
    }

    public static List<Option<?>> options() {
        return List.copyOf(LIMITS);
    }

    public static Quotas of(Config config) {
        var defaults = new LinkedHashMap<String, Long>();
        for (var option : LIMITS) defaults.put(option.name(), config.get(option).longValue());
        return new Quotas("compute", defaults);
    }

    /// Nova's sentence, which clients show as it is.
    ///
    /// @param requested each resource that does not fit, with how much more was asked for
    public static OverQuota refused(Map<String, Long> requested, Map<String, Long> used, Map<String, Long> limits) {
        return new OverQuota(
                "Quota exceeded for " + String.join(", ", requested.keySet()) + ": Requested "
                        + numbers(requested, requested) + ", but already used " + numbers(requested, used) + " of "
                        + numbers(requested, limits) + " " + String.join(", ", requested.keySet()),
                "OverQuota",
                "");
    }

    private static String numbers(Map<String, Long> names, Map<String, Long> values) {
        return names.keySet().stream()
                .map(n -> String.valueOf(values.getOrDefault(n, 0L)))
                .collect(Collectors.joining(", "));
    }
}
