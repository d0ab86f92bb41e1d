package cloud.yun.compute;

import cloud.yun.kernel.policy.Policy;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// The room's base rules with those of some resources.
public final class ComputePolicyForTests {
    private ComputePolicyForTests() {}

    public static Policy of(Map<String, String> rules) {
        return ComputePolicy.of(Path.of("/nonexistent"), List.of(rules));
    }
}
