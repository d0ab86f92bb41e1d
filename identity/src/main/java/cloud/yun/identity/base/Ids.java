package cloud.yun.identity.base;

import java.util.UUID;
import java.util.function.Supplier;

/// Keystone's ids: 32 hex digits.
public record Ids(Supplier<UUID> source) {
    public String next() {
        return source.get().toString().replace("-", "");
    }
}
