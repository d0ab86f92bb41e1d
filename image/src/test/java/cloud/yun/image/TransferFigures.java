package cloud.yun.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;

/// Measures the transfer of 1 GiB against the host's own tools: `cp` plus `sha512sum` for the upload, `cp` for the
/// download. Run it with a directory on a real disk and, if wanted, how many rounds.
final class TransferFigures {
    private static final long MIB = 1024;

    private TransferFigures() {}

    public static void main(String[] arguments) throws Exception {
        var directory = Files.createTempDirectory(Path.of(arguments[0]), "figures");
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 3;
        var source = directory.resolve("source");
        run("dd", "if=/dev/urandom", "of=" + source, "bs=1M", "count=" + MIB, "status=none");
        try (var house = new House("sqlite", directory)) {
            var url = house.serve();
            var up = new ArrayList<Double>();
            var tools = new ArrayList<Double>();
            var down = new ArrayList<Double>();
            var copy = new ArrayList<Double>();
            for (int i = 0; i < rounds; i++) {
                double cp =
                        run("cp", source.toString(), directory.resolve("copy").toString());
                double sum = run("sha512sum", directory.resolve("copy").toString());
                var id = create(url);
                up.add(run(
                        "curl",
                        "-sf",
                        "-T",
                        source.toString(),
                        "-H",
                        "X-Auth-Token: admin-token",
                        "-H",
                        "Content-Type: application/octet-stream",
                        url + "/v2/images/" + id + "/file"));
                down.add(run(
                        "curl",
                        "-sf",
                        "-o",
                        directory.resolve("down").toString(),
                        "-H",
                        "X-Auth-Token: admin-token",
                        url + "/v2/images/" + id + "/file"));
                run("cmp", source.toString(), directory.resolve("down").toString());
                tools.add(cp + sum);
                copy.add(cp);
                run("curl", "-sf", "-X", "DELETE", "-H", "X-Auth-Token: admin-token", url + "/v2/images/" + id);
            }
            System.out.printf(
                    "upload %.2f s, cp + sha512sum %.2f s: %.2f times (at most 1.5)%n",
                    median(up), median(tools), median(up) / median(tools));
            System.out.printf(
                    "download %.2f s, cp %.2f s: %.2f times (at most 2.0)%n",
                    median(down), median(copy), median(down) / median(copy));
        } finally {
            run("rm", "-rf", directory.toString());
        }
        System.exit(0);
    }

    private static String create(String url) throws IOException, InterruptedException {
        var id = UUID.randomUUID().toString();
        run(
                "curl",
                "-sf",
                "-o",
                "/dev/null",
                "-H",
                "X-Auth-Token: admin-token",
                "-H",
                "Content-Type: application/json",
                "-d",
                "{\"id\": \"" + id + "\", \"disk_format\": \"raw\", \"container_format\": \"bare\"}",
                url + "/v2/images");
        return id;
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
