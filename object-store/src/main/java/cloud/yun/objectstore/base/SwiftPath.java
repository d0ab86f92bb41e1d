package cloud.yun.objectstore.base;

import java.util.Optional;

/// What a request is about.
///
/// @param container empty when it is about the account
/// @param object empty when it is about the container or the account; slashes and all
public record SwiftPath(String account, Optional<String> container, Optional<String> object) {
    public static SwiftPath account(String account) {
        return new SwiftPath(account, Optional.empty(), Optional.empty());
    }

    public static SwiftPath container(String account, String container) {
        return new SwiftPath(account, Optional.of(container), Optional.empty());
    }

    public static SwiftPath object(String account, String container, String object) {
        return new SwiftPath(account, Optional.of(container), Optional.of(object));
    }

    public String containerName() {
        return container.orElseThrow();
    }

    public String objectName() {
        return object.orElseThrow();
    }

    @Override
    public String toString() {
        return "/" + account + container.map(c -> "/" + c).orElse("")
                + object.map(o -> "/" + o).orElse("");
    }
}
