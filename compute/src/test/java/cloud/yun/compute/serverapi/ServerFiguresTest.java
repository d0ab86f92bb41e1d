package cloud.yun.compute.serverapi;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.compute.api.ComputeApi;
import cloud.yun.compute.fake.TestCloud;
import cloud.yun.compute.server.VmState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// How fast, measured on simulated hosts. Asks for a fraction of what the figures promise: other work may share the
/// machine.
@Tag("figures")
class ServerFiguresTest {
    private static final int SERVERS = Integer.getInteger("servers", 1000);
    private static final int CALLERS = 8;

    @Test
    void thousandServers_createdAndListed_inTime() throws Exception {
        try (var cloud = TestCloud.sqlite("[quota]\ninstances = -1\ncores = -1\nram = -1\n", 1);
                var api = new ComputeApi(cloud.db, ServerPolicies.RULES, (_, _) -> List.of(cloud.part))) {
            var image = cloud.image();
            create(api, image, 100);
            cloud.idle();
            long begun = System.nanoTime();
            create(api, image, SERVERS);
            double accepted = (System.nanoTime() - begun) / 1e9;
            cloud.idle();
            double seconds = (System.nanoTime() - begun) / 1e9;
            System.out.printf(
                    "created %d in %.2f s (accepted in %.2f s): %.0f per second%n",
                    SERVERS, seconds, accepted, SERVERS / seconds);

            var times = new long[30];
            for (int i = 0; i < times.length; i++) {
                long t = System.nanoTime();
                var answer = api.get("demo", "2.1", "/v2.1/servers/detail?limit=1000");
                times[i] = System.nanoTime() - t;
                assertThat(answer.body().path("servers")).hasSize(1000);
                assertThat(answer.body()
                                .path("servers")
                                .get(0)
                                .path("OS-EXT-STS:vm_state")
                                .asString())
                        .isEqualTo(VmState.ACTIVE.wire());
            }
            Arrays.sort(times);
            double median = times[times.length / 2] / 1e6;
            System.out.printf("servers/detail of 1000: median %.1f ms, best %.1f ms%n", median, times[0] / 1e6);
            assertThat(SERVERS / seconds).isGreaterThan(50);
            assertThat(median).isLessThan(250);
        }
    }

    private static void create(ComputeApi api, String image, int count) throws Exception {
        try (var callers = Executors.newFixedThreadPool(CALLERS)) {
            var all = new ArrayList<Callable<Integer>>();
            for (int i = 0; i < count; i++)
                all.add(() -> api.post("demo", "2.1", "/v2.1/servers", """
                        {"server": {"name": "s", "flavorRef": "1", "imageRef": "%s"}}""".formatted(image))
                        .status());
            for (var done : callers.invokeAll(all)) assertThat(done.get()).isEqualTo(202);
        }
    }
}
