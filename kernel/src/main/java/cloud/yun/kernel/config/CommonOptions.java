package cloud.yun.kernel.config;

import java.util.List;

/// Options that every room reads. They are declared in every `Config` without being asked for.
public final class CommonOptions {
    /// Where the services' policy files are.
    public static final Option<String> POLICY_FILE = Option.text(
            "oslo_policy",
            "policy_file",
            "policy.yaml",
            "The file in which an operator changes a service's rules. A name is looked for in the service's folder of the data"
                    + " directory. In a path, {service} stands for the service's type and {project} for its project's"
                    + " name: /etc/{project}/policy.json is /etc/nova/policy.json for compute. If there is no such file,"
                    + " the same name with .json for .yaml, or the reverse, is taken.");

    public static final Option<Boolean> NEW_DEFAULTS = Option.bool(
            "oslo_policy",
            "enforce_new_defaults",
            true,
            "Whether default rules tell readers from members. If not, whoever has any role on a project may do there"
                    + " what its members may, and only admins are set apart.");

    public static final List<Option<?>> ALL = List.of(POLICY_FILE, NEW_DEFAULTS);

    private CommonOptions() {}
}
