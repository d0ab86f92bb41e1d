package cloud.yun.objectstore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Measures an object of 1 GiB, up and down, against `cp` and `sync` of the copy. Run it with a directory on a real
/// disk
/// and, if wanted, how many rounds.
final class TransferFigures {
    private static final long MIB = 1024;

    private TransferFigures() {}

    public static void main(String[] arguments) throws Exception {
        var directory = Files.createTempDirectory(Path.of(arguments[0]), "figures");
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 3;
        var source = directory.resolve("source").toString();
        run("dd", "if=/dev/urandom", "of=" + source, "bs=1M", "count=" + MIB, "status=none");
        try (var house = new House("sqlite", directory)) {
            house.as("demo").put(House.DEMO + "/c", "");
            var url = house.root() + "/object-store/v1/" + House.DEMO + "/c/o";
            var up = new ArrayList<Double>();
            var down = new ArrayList<Double>();
            var copy = new ArrayList<Double>();
            var token = "X-Auth-Token: demo";
            var copied = directory.resolve("copy").toString();
            var fetched = directory.resolve("down").toString();
            for (int i = 0; i < rounds; i++) {
                copy.add(run("sh", "-c", "cp " + source + " " + copied + " && sync " + copied));
                up.add(run("curl", "-sf", "-T", source, "-H", token, "-H", "Expect:", url));
                down.add(run(
                        "sh", "-c", "curl -sf -o " + fetched + " -H '" + token + "' " + url + " && sync " + fetched));
                run("cmp", source, fetched);
                run("rm", copied, fetched);
                house.as("demo").delete(House.DEMO + "/c/o");
            }
            var runtime = Runtime.getRuntime();
            System.out.printf(
                    "cp and sync %.2f s; upload %.2f s: %.2f times; download and sync %.2f s: %.2f times; heap %d MiB at most%n",
                    median(copy),
                    median(up),
                    median(up) / median(copy),
                    median(down),
                    median(down) / median(copy),
                    runtime.maxMemory() >> 20);
        } finally {
            run("rm", "-rf", directory.toString());
        }
        System.exit(0);
    }

    private static double run(String... command) throws IOException, InterruptedException {
        long start = System.nanoTime();
        var process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (process.waitFor() != 0) throw new IOException(List.of(command) + " ended with " + process.exitValue());
        return (System.nanoTime() - start) / 1e9;
    }

    private static double median(List<Double> values) {
        var sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        return sorted.get(sorted.size() / 2);
    }
}
