package cloud.yun.kernel.http;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What the steps of one request took: for the header `Server-Timing`, which browsers draw and `openstack --debug`
/// prints.
///
/// @see <a href="https://www.w3.org/TR/server-timing/">Server Timing</a>
final class Steps {
    /// Of requests that nobody measures.
    static final Steps UNSEEN = new Steps(false);

    private final boolean seen;
    private final StringBuilder text = new StringBuilder();
    private long since = System.nanoTime();

    private Steps(boolean seen) {
        this.seen = seen;
    }

    static Steps of(boolean seen) {
        return seen ? new Steps(true) : UNSEEN;
    }

    /// The step that is over now; the next one begins.
    ///
    /// @param about ids and names of ours: nothing that a client wrote, for it goes into a header
    void done(String name, Optional<String> about) {
        if (!seen) return;
        long now = System.nanoTime();
        if (!text.isEmpty()) text.append(", ");
        text.append(name);
        about.ifPresent(a -> text.append(";desc=\"").append(a).append('"'));
        text.append(String.format(Locale.ROOT, ";dur=%.3f", (now - since) / 1e6));
        since = now;
    }

    void show(Map<String, String> headers) {
        if (seen && !text.isEmpty()) headers.put("Server-Timing", text.toString());
    }
}
