import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

/// Measures what needs many requests with bodies, or a client as fast as `cp`:
/// `java Bench.java URL TOKEN ports|servers|lists|download PATH FILE COPY`.
public final class Bench {
    private static final HttpClient CLIENT = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final Pattern ID = Pattern.compile("\"id\": ?\"([^\"]+)\"");
    private static String url;
    private static String token;

    public static void main(String[] arguments) throws Exception {
        url = arguments[0];
        token = arguments[1];
        switch (arguments[2]) {
            case "ports" -> ports();
            case "servers" -> servers();
            case "lists" -> lists();
            case "users" -> users(arguments[3], arguments[4]);
            case "download" -> against(arguments[3], Path.of(arguments[4]), Path.of(arguments[5]));
            default -> throw new IllegalArgumentException(arguments[2]);
        }
        System.exit(0);
    }

    private static String network(String name, String cidr) throws Exception {
        var id = id(call("POST", "/networking/v2.0/networks", "{\"network\": {\"name\": \"" + name + "\"}}"));
        call("POST", "/networking/v2.0/subnets", "{\"subnet\": {\"network_id\": \"" + id
                + "\", \"ip_version\": 4, \"cidr\": \"" + cidr + "\"}}");
        return id;
    }

    private static void ports() throws Exception {
        var network = network("bench-ports", "10.100.0.0/16");
        var body = "{\"port\": {\"network_id\": \"" + network + "\"}}";
        parallel(200, () -> call("POST", "/networking/v2.0/ports", body));
        long began = System.nanoTime();
        parallel(800, () -> call("POST", "/networking/v2.0/ports", body));
        double seconds = (System.nanoTime() - began) / 1e9;
        line("POST /v2.0/ports, 8 callers", "%.0f /s".formatted(800 / seconds), "at least 500 /s");
        line("GET /v2.0/ports, 1000 ports, median", "%.1f ms".formatted(
                median("/networking/v2.0/ports?network_id=" + network + "&device_owner=")), "at most 20 ms");
    }

    private static void servers() throws Exception {
        var network = network("bench-servers", "10.101.0.0/16");
        var image = id(call("GET", "/image/v2/images?name=yunos", ""));
        var flavors = call("GET", "/compute/v2.1/flavors?sort_key=memory_mb", "");
        var flavor = id(flavors);
        var body = "{\"server\": {\"name\": \"b\", \"imageRef\": \"" + image + "\", \"flavorRef\": \"" + flavor
                + "\", \"networks\": [{\"uuid\": \"" + network + "\"}]}}";
        var rates = new double[3];
        for (int round = 0; round < rates.length; round++) {
            long began = System.nanoTime();
            parallel(1000, () -> call("POST", "/compute/v2.1/servers", body));
            awaitActive(1000 * (round + 1));
            rates[round] = 1000e9 / (System.nanoTime() - began);
            if (round == 0) {
                var page = "/compute/v2.1/servers/detail?limit=1000";
                line("GET /servers/detail, 1000 servers, one page, median of the first calls",
                        "%.1f ms".formatted(median(page)), "");
                for (int i = 0; i < 200; i++) call("GET", page, "");
                line("GET /servers/detail, 1000 servers, one page, median", "%.1f ms".formatted(median(page)),
                        "at most 25 ms");
            }
        }
        var each = "rounds of 1000: %.0f, %.0f, %.0f /s".formatted(rates[0], rates[1], rates[2]);
        Arrays.sort(rates);
        line("1000 simulated servers, 8 callers, accepted to ACTIVE, median", "%.0f /s".formatted(rates[1]), "at least 200 /s");
        line(each, "", "");
    }

    /// Asks for one server that is not yet there, which costs the cloud little, and counts once at the end.
    private static void awaitActive(int wanted) throws Exception {
        while (ID.matcher(call("GET", "/compute/v2.1/servers?status=BUILD&limit=1", "")).find())
            LockSupport.parkNanos(10_000_000); // as a client that polls often; spinning would take a core from the server
        int active = 0;
        var marker = "";
        while (true) {
            var page = call("GET", "/compute/v2.1/servers?status=ACTIVE&limit=1000" + marker, "");
            var ids = ID.matcher(page).results().map(m -> m.group(1)).toList();
            active += ids.size();
            if (ids.size() < 1000) break;
            marker = "&marker=" + ids.getLast();
        }
        if (active != wanted) throw new IllegalStateException(active + " servers are ACTIVE, not " + wanted);
    }

    /// Saves an answer as `cp` saves a file, in large blocks, and prints the milliseconds from connecting to the last byte.
    /// curl writes 8 KiB at a time, which alone takes this kernel three times as long as the whole of `cp`.
    /// Copies a file and downloads its twin in turn, each into a new file at once after the one before is gone: on a
    /// virtual machine memory that was free for some seconds has to be fetched from the host again, which would count
    /// for whoever comes later.
    private static void against(String path, Path original, Path copy) throws Exception {
        var copies = new ArrayList<Long>();
        var downloads = new ArrayList<Long>();
        for (int i = 0; i < 6; i++) {
            Files.deleteIfExists(copy);
            long began = System.nanoTime();
            var cp = new ProcessBuilder("cp", original.toString(), copy.toString()).inheritIO().start();
            if (cp.waitFor() != 0) throw new IllegalStateException("cp failed");
            copies.add(System.nanoTime() - began);
            Files.delete(copy);
            downloads.add(download(path, copy));
            if (Files.mismatch(original, copy) >= 0) throw new IllegalStateException("the image came back different");
        }
        Files.delete(copy);
        double cp = middle(copies), download = middle(downloads);
        line("image download of 1 GiB (%.0f ms) against cp (%.0f ms)".formatted(download, cp),
                "%.2f times".formatted(download / cp), "at most 2.0 times");
    }

    /// @return the median in milliseconds; the first, which warms up, does not count
    private static double middle(List<Long> nanos) {
        var sorted = nanos.subList(1, nanos.size()).stream().sorted().toList();
        return sorted.get(sorted.size() / 2) / 1e6;
    }

    /// @return nanoseconds
    private static long download(String path, Path file) throws Exception {
        var at = URI.create(url);
        var block = ByteBuffer.allocateDirect(1 << 20);
        long began = System.nanoTime();
        long left;
        try (var socket = SocketChannel.open(new InetSocketAddress(at.getHost(), at.getPort()));
                var out = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            socket.write(ByteBuffer.wrap(("GET " + path + " HTTP/1.1\r\nHost: " + at.getAuthority() + "\r\nX-Auth-Token: "
                    + token + "\r\n\r\n").getBytes()));
            left = length(socket, block);
            while (left > 0) {
                while (block.position() < Math.min(left, block.capacity()))
                    if (socket.read(block) < 0) throw new IllegalStateException(left + " bytes did not come");
                left -= out.write(block.flip());
                block.compact();
            }
        }
        return System.nanoTime() - began;
    }

    /// Reads the answer's head; what came behind it stays in the block.
    private static long length(SocketChannel socket, ByteBuffer block) throws Exception {
        while (true) {
            if (socket.read(block) < 0) throw new IllegalStateException("no answer");
            var head = ISO_8859_1.decode(block.duplicate().flip()).toString();
            int end = head.indexOf("\r\n\r\n");
            if (end < 0) continue;
            if (!head.startsWith("HTTP/1.1 200 ")) throw new IllegalStateException(head.substring(0, end));
            block.flip().position(end + 4).compact();
            var length = Pattern.compile("(?i)\ncontent-length: *([0-9]+)").matcher(head);
            if (!length.find()) throw new IllegalStateException("no length in " + head.substring(0, end));
            return Long.parseLong(length.group(1));
        }
    }

    /// Standard input has a line `NAME PATH` for each kind of list and below it, indented, one line for each filter.
    private static void lists() throws Exception {
        String name = "", path = "";
        for (var text : new String(System.in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
            if (!text.isEmpty() && !text.startsWith(" ")) {
                name = text.split(" ")[0];
                path = text.split(" ")[1];
                continue;
            }
            var filter = text.strip();
            var asked = path + (filter.isEmpty() ? "" : "&" + filter.replace("'", "%27").replace("{", "%7B").replace("}", "%7D").replace("^", "%5E"));
            var label = filter.isEmpty() ? "no filter" : filter.replaceFirst("all_tenants=1&?", "");
            line("lists: 100 of 100 000 " + name + ", " + (label.length() > 40 ? label.substring(0, 40) : label.isEmpty() ? "of all projects" : label),
                    "%.1f ms".formatted(median(asked)), "at most 30 ms");
        }
    }

    /// Pages of 100 out of a million users; then how long a refused login takes.
    ///
    /// @param domain of every tenth user
    /// @param marker id of a user far back in the list
    private static void users(String domain, String marker) throws Exception {
        var filters = new String[] {
            "",
            "domain_id=" + domain,
            "enabled=true",
            "enabled=false",
            "domain_id=" + domain + "&enabled=false",
            "name=user-777777",
            "name__iexact=USER-777777",
            "name__contains=7",
            "name__contains=777",
            "name__contains=77777",
            "name__contains=zz",
            "name__icontains=USER",
            "name__icontains=R-4711",
            "name__startswith=user-9",
            "name__startswith=ser",
            "name__istartswith=USER-4711",
            "name__endswith=5",
            "name__endswith=4711",
            "name__iendswith=R-4711",
            "name__contains=777&enabled=false",
            "name__contains=5&domain_id=" + domain + "&enabled=true",
            "name__endswith=5&domain_id=" + domain,
            "name__startswith=user-77&password_expires_at=lt:2100-01-01T00:00:00Z",
            "name__contains=user&password_expires_at=lt:2023-11-14T22:14:00Z",
            "password_expires_at=lt:2100-01-01T00:00:00Z",
            "password_expires_at=gt:2023-11-25T00:00:00Z",
            "password_expires_at=lt:2023-11-14T22:14:00Z",
            "idp_id=none"
        };
        for (var filter : filters) {
            var path = "/identity/v3/users?limit=100" + (filter.isEmpty() ? "" : "&" + filter);
            line("identity-list: 100 of 1 000 000 users, " + (filter.isEmpty() ? "no filter" : filter),
                    "%.1f ms".formatted(median(path)), "at most 20 ms");
        }
        for (var filter : new String[] {
            "", "&domain_id=" + domain, "&enabled=true", "&name__contains=77", "&name__contains=777", "&name__contains=77777"
        })
            line("identity-list: behind the 900 000th" + (filter.isEmpty() ? "" : ", " + filter.substring(1)),
                    "%.1f ms".formatted(median("/identity/v3/users?limit=100&marker=" + marker + filter)),
                    "at most 20 ms");
        var wrong = refused("admin");
        var unknown = refused("nobody");
        line("identity-oracle: unknown user (%.0f ms) against wrong password (%.0f ms)".formatted(unknown, wrong),
                "%.2f times".formatted(unknown / wrong), "0.8 to 1.25 times");
    }

    /// Median, in milliseconds.
    private static double refused(String user) throws Exception {
        var body = "{\"auth\": {\"identity\": {\"methods\": [\"password\"], \"password\": {\"user\": {\"name\": \"" + user
                + "\", \"domain\": {\"id\": \"default\"}, \"password\": \"wrong\"}}}}}";
        var times = new ArrayList<Double>();
        for (int i = 0; i < 15; i++) {
            var request = HttpRequest.newBuilder(URI.create(url + "/identity/v3/auth/tokens"))
                    .header("Content-Type", "application/json").POST(BodyPublishers.ofString(body)).build();
            long began = System.nanoTime();
            int status = CLIENT.send(request, BodyHandlers.discarding()).statusCode();
            times.add((System.nanoTime() - began) / 1e6);
            if (status != 401) throw new IllegalStateException("a wrong password gave " + status);
        }
        Collections.sort(times);
        return times.get(times.size() / 2);
    }

    private static double median(String path) throws Exception {
        long enough = System.nanoTime() + 2_000_000_000L;
        for (int i = 0; i < 20 && System.nanoTime() < enough; i++) call("GET", path, "");
        var times = new ArrayList<Double>();
        // What takes seconds needs no forty looks to be seen as too slow.
        enough = System.nanoTime() + 2_000_000_000L;
        for (int i = 0; i < 41 && (i < 5 || System.nanoTime() < enough); i++) {
            long began = System.nanoTime();
            call("GET", path, "");
            times.add((System.nanoTime() - began) / 1e6);
        }
        Collections.sort(times);
        return times.get(times.size() / 2);
    }

    private interface Work {
        void run() throws Exception;
    }

    private static void parallel(int n, Work work) throws Exception {
        var left = new AtomicInteger(n);
        var callers = new ArrayList<Future<?>>();
        try (var threads = Executors.newFixedThreadPool(8)) {
            for (int i = 0; i < 8; i++)
                callers.add(threads.submit(() -> {
                    while (left.getAndDecrement() > 0) work.run();
                    return null;
                }));
        }
        for (var caller : callers) caller.get();
    }

    private static String call(String method, String path, String body) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(url + path))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .header("X-Auth-Token", token)
                .header("Content-Type", "application/json")
                .build();
        var answer = CLIENT.send(request, BodyHandlers.ofString());
        if (answer.statusCode() >= 300)
            throw new IllegalStateException(method + " " + path + " " + answer.statusCode() + " " + answer.body());
        return answer.body();
    }

    private static String id(String body) {
        var matcher = ID.matcher(body);
        if (!matcher.find()) throw new IllegalStateException("no id in " + body);
        return matcher.group(1);
    }

    private static void line(String what, String figure, String bound) {
        System.out.printf("%-72s %12s   %s%n", what, figure, bound);
    }
}
