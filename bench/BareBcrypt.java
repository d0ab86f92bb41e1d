import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;

/// How many bcrypt hashes of 12 rounds the cores can do, and nothing else: `java -cp ... BareBcrypt.java SECONDS`.
public final class BareBcrypt {
    public static void main(String[] arguments) throws Exception {
        long nanos = Long.parseLong(arguments[0]) * 1_000_000_000L;
        int cores = Runtime.getRuntime().availableProcessors();
        var salt = new byte[16];
        var word = "bench".getBytes(StandardCharsets.UTF_8);
        OpenBSDBCrypt.generate("2b", word, salt, 10); // compiled before it counts
        OpenBSDBCrypt.generate("2b", word, salt, 12);
        var done = new AtomicLong();
        long began = System.nanoTime();
        var last = new AtomicLong();
        try (var threads = Executors.newFixedThreadPool(cores)) {
            var all = new ArrayList<java.util.concurrent.Future<?>>();
            for (int i = 0; i < cores; i++)
                all.add(threads.submit(() -> {
                    while (System.nanoTime() - began < nanos) {
                        OpenBSDBCrypt.generate("2b", word, salt, 12);
                        done.incrementAndGet();
                        last.accumulateAndGet(System.nanoTime() - began, Math::max);
                    }
                }));
            for (var one : all) one.get();
        }
        System.out.printf("%.3f%n", done.get() / (last.get() / 1e9));
    }
}
