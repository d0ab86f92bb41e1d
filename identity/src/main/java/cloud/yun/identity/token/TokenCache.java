package cloud.yun.identity.token;

import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Remembers validated tokens, the recently used ones at least. Two generations: when the young one is full, it
/// becomes the old one, and what is still asked for moves back.
final class TokenCache {
    private record Entry(long epoch, ValidToken token) {}

    private final int generationMax;
    private volatile ConcurrentHashMap<String, Entry> young = new ConcurrentHashMap<>();
    private volatile ConcurrentHashMap<String, Entry> old = new ConcurrentHashMap<>();

    /// @param generationMax tokens per generation
    TokenCache(int generationMax) {
        this.generationMax = generationMax;
    }

    Optional<ValidToken> find(String token, long epoch) {
        @Nullable Entry found = young.get(token);
        if (found == null) {
            found = old.get(token);
            if (found != null && found.epoch() == epoch) put(token, found);
        }
        return found != null && found.epoch() == epoch ? Optional.of(found.token()) : Optional.empty();
    }

    void put(String token, long epoch, ValidToken valid) {
        put(token, new Entry(epoch, valid));
    }

    private void put(String token, Entry entry) {
        if (young.size() >= generationMax) age();
        young.put(token, entry);
    }

    private synchronized void age() {
        if (young.size() < generationMax) return;
        old = young;
        young = new ConcurrentHashMap<>();
    }
}
