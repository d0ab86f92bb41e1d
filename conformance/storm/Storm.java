import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

/// Many clients make and delete servers, ports and volumes against one quota, while the cloud is killed under them.
///
/// `java Storm.java URL TOKEN NETWORK IMAGE FLAVOR SECONDS MAX`. Ends with one line `NAME<TAB>ok|why` for each thing that
/// must hold:
/// the lists never show more than the quota, nothing that was acknowledged is missing, nothing that was deleted is there.
/// What a client did not hear the answer of may be there or not.
public final class Storm {
    private static final int CLIENTS = 32;
    private static final Pattern ID = Pattern.compile("\"id\": ?\"([^\"]+)\"");
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    /// @param list what shows all of the project
    private record Kind(String name, String path, String list, String body) {}

    /// What one client made and was told so.
    private static final class Thing {
        final Kind kind;
        final String id;
        /// Somebody asked to delete it; whether that was heard is another question.
        volatile boolean asked;
        volatile boolean deleted;

        Thing(Kind kind, String id) {
            this.kind = kind;
            this.id = id;
        }
    }

    private static final Map<String, AtomicInteger> COUNTS = new ConcurrentHashMap<>();
    private static final ConcurrentLinkedQueue<Thing> THINGS = new ConcurrentLinkedQueue<>();
    private static final Set<String> WRONG = ConcurrentHashMap.newKeySet();
    private static final Set<String> OVER = ConcurrentHashMap.newKeySet();
    private static String url;
    private static String token;
    private static int max;

    public static void main(String[] arguments) throws Exception {
        url = arguments[0];
        token = arguments[1];
        var network = arguments[2];
        var until = System.nanoTime() + Long.parseLong(arguments[5]) * 1_000_000_000L;
        max = Integer.parseInt(arguments[6]);
        var kinds = List.of(
                new Kind(
                        "servers",
                        "/compute/v2.1/servers",
                        "/compute/v2.1/servers",
                        "{\"server\": {\"name\": \"storm\", \"imageRef\": \"" + arguments[3] + "\", \"flavorRef\": \"" + arguments[4]
                                + "\", \"networks\": [{\"uuid\": \"" + network + "\"}]}}"),
                new Kind(
                        "ports",
                        "/networking/v2.0/ports",
                        "/networking/v2.0/ports?fields=id",
                        "{\"port\": {\"network_id\": \"" + network + "\"}}"),
                new Kind("volumes", "/volume/v3/volumes", "/volume/v3/volumes", "{\"volume\": {\"size\": 1}}"));
        try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < CLIENTS; i++) {
                var random = new Random(i);
                clients.submit(() -> client(kinds, random, until));
            }
            clients.submit(() -> watch(kinds, until));
        }
        say("clients were served", WRONG.isEmpty() && THINGS.size() > CLIENTS ? "" : WRONG + " after " + THINGS.size());
        say("the lists never show more than the quota", String.join("; ", OVER));
        awaitRest(kinds);
        say("no acknowledged creation is lost", lost(kinds));
        say("no acknowledged deletion is undone", undone(kinds));
        System.out.println("counts\t" + new TreeMap<>(COUNTS));
        System.exit(0);
    }

    private static void say(String name, String why) {
        System.out.println(name + "\t" + (why.isEmpty() ? "ok" : why.substring(0, Math.min(400, why.length()))));
    }

    private static void count(String what) {
        COUNTS.computeIfAbsent(what, _ -> new AtomicInteger()).incrementAndGet();
    }

    private static void client(List<Kind> kinds, Random random, long until) {
        var mine = new ArrayList<Thing>();
        while (System.nanoTime() < until) {
            if (mine.isEmpty() || random.nextInt(5) < 3) create(kinds.get(random.nextInt(kinds.size())), mine);
            else delete(mine.remove(random.nextInt(mine.size())), mine);
        }
    }

    private static void create(Kind kind, List<Thing> mine) {
        var answer = call("POST", kind.path, kind.body);
        if (answer == null) return;
        switch (answer.statusCode()) {
            case 201, 202 -> {
                var id = ID.matcher(answer.body());
                if (!id.find()) throw new IllegalStateException(answer.body());
                var thing = new Thing(kind, id.group(1));
                THINGS.add(thing);
                mine.add(thing);
                count(kind.name + " made");
            }
            // Over the quota, each service in its own way.
            case 403, 409, 413 -> count(kind.name + " refused");
            default -> wrong("POST " + kind.path, answer);
        }
    }

    private static void delete(Thing thing, List<Thing> mine) {
        thing.asked = true;
        var answer = call("DELETE", thing.kind.path + "/" + thing.id, "");
        if (answer == null) {
            mine.add(thing);
            return;
        }
        switch (answer.statusCode()) {
            case 202, 204 -> {
                thing.deleted = true;
                count(thing.kind.name + " deleted");
            }
            // Gone by an answer that was not heard.
            case 404 -> thing.deleted = true;
            // A volume that is still being made cannot be deleted yet.
            case 400, 409 -> mine.add(thing);
            default -> wrong("DELETE " + thing.kind.path, answer);
        }
    }

    private static void wrong(String what, HttpResponse<String> answer) {
        WRONG.add(what + " " + answer.statusCode() + " " + answer.body());
    }

    /// @return null when nobody answered
    private static HttpResponse<String> call(String method, String path, String body) {
        var request = HttpRequest.newBuilder(URI.create(url + path))
                .timeout(Duration.ofSeconds(60))
                .header("X-Auth-Token", token)
                .header("Content-Type", "application/json")
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build();
        try {
            return CLIENT.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            count("unheard");
            // As a client that tries again a little later.
            LockSupport.parkNanos(20_000_000);
            return null;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void watch(List<Kind> kinds, long until) {
        while (System.nanoTime() < until)
            for (var kind : kinds) {
                var answer = call("GET", kind.list, "");
                if (answer == null || answer.statusCode() != 200) continue;
                int seen = ids(answer.body()).size();
                if (seen > max) OVER.add(seen + " " + kind.name + ", quota " + max);
                count(kind.name + " looked at");
            }
    }

    private static Set<String> ids(String body) {
        var ids = new java.util.HashSet<String>();
        // Only ids of the things themselves: they are the first of each entry, before any link or image.
        var entries = Pattern.compile("\\{\"id\": ?\"([^\"]+)\"").matcher(body);
        while (entries.find()) ids.add(entries.group(1));
        return ids;
    }

    private static Set<String> there(Kind kind) {
        var answer = call("GET", kind.list, "");
        if (answer == null || answer.statusCode() != 200) throw new IllegalStateException("no list of " + kind.name);
        return ids(answer.body());
    }

    /// Until what was to be deleted is gone, or for two minutes.
    private static void awaitRest(List<Kind> kinds) {
        var end = System.nanoTime() + 120_000_000_000L;
        while (System.nanoTime() < end && !undone(kinds).isEmpty()) LockSupport.parkNanos(200_000_000);
    }

    private static String lost(List<Kind> kinds) {
        var missing = new ArrayList<String>();
        for (var kind : kinds) {
            var there = there(kind);
            for (var thing : THINGS)
                if (thing.kind == kind && !thing.asked && !there.contains(thing.id)) missing.add(kind.name + " " + thing.id);
        }
        return String.join(", ", missing);
    }

    private static String undone(List<Kind> kinds) {
        var back = new ArrayList<String>();
        for (var kind : kinds) {
            var there = there(kind);
            for (var thing : THINGS)
                if (thing.kind == kind && thing.deleted && there.contains(thing.id)) back.add(kind.name + " " + thing.id);
        }
        return String.join(", ", back);
    }
}
