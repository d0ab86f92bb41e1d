package cloud.yun.objectstore.account;

import cloud.yun.objectstore.base.Stamp;
import java.util.Map;
import java.util.Optional;

/// @param domainId of its project; empty while unknown
/// @param bytes of all that its containers keep, older versions too
/// @param headers metadata by their names
public record Account(
        String name,
        Stamp createdAt,
        String domainId,
        long containers,
        long objects,
        long bytes,
        Map<String, String> headers) {
    /// Kept among the headers, where no client can write it: the account was deleted and its contents are going.
    static final String DELETED = "X-Account-Status";

    static final String QUOTA = "X-Account-Meta-Quota-Bytes";

    public static Account none(String name, Stamp now) {
        return new Account(name, now, "", 0, 0, 0, Map.of());
    }

    public boolean deleted() {
        return headers.containsKey(DELETED);
    }

    /// @return most bytes that it may hold, if a reseller admin set a quota
    public Optional<Long> quotaBytes() {
        return Optional.ofNullable(headers.get(QUOTA)).map(Long::valueOf);
    }
}
