package cloud.yun.compute;

import cloud.yun.kernel.policy.Policy;
import cloud.yun.kernel.policy.PolicyFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// The room's base rules with those of some resources.
public final class ComputePolicyForTests {
    private ComputePolicyForTests() {}

    public static Policy of(Map<String, String> rules) {
        return ComputePolicy.of(new PolicyFile(Path.of("/nonexistent/policy.yaml"), true), List.of(rules));
    }
}
