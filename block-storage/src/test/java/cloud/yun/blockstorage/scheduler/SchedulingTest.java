package cloud.yun.blockstorage.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.yun.blockstorage.TestCloud;
import cloud.yun.blockstorage.driver.SimulatedVolumeDriver;
import cloud.yun.blockstorage.driver.VolumeDriver;
import cloud.yun.kernel.config.Config.Wrong;
import cloud.yun.kernel.event.Event;
import cloud.yun.kernel.event.Events;
import cloud.yun.kernel.flow.FlowRecord;
import cloud.yun.kernel.flow.FlowState;
import cloud.yun.testing.Requirement;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchedulingTest {
    private final SimulatedVolumeDriver small = new SimulatedVolumeDriver(10);
    private final SimulatedVolumeDriver large = new SimulatedVolumeDriver(100);

    @TempDir
    Path directory;

    private TestCloud cloud(String options) {
        Map<String, VolumeDriver> drivers = Map.of("small", small, "large", large);
        return TestCloud.on("sqlite", directory.resolve("c"), drivers, "[DEFAULT]\n" + options);
    }

    private static String host(TestCloud cloud, String id) {
        return cloud.call("GET", "/v3/volumes/" + id, null).text("/volume/os-vol-host-attr:host");
    }

    private static FlowRecord flow(TestCloud cloud, String id, String name) {
        return cloud.flows.ofResource(id).stream()
                .filter(f -> f.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Event decision(TestCloud cloud) {
        return new Events(cloud.db, Clock.systemUTC())
                .after(0, 1000).stream()
                        .filter(e -> e.type().equals("scheduler.create_volume"))
                        .findFirst()
                        .orElseThrow();
    }

    @Test
    @Requirement({"S3.127", "S3.138", "S3.147", "S3.163"})
    void schedule_withTwoPools_takesTheFreerOneAndRecordsWhy() {
        try (var cloud = cloud("")) {
            var id = cloud.available("\"size\": 1");
            assertThat(host(cloud, id)).isEqualTo("ref1@large#large");
            var pools = decision(cloud).payload().path("pools");
            assertThat(pools.path("ref1@large#large").asString("")).startsWith("weight");
            assertThat(pools.path("ref1@small#small").asString("")).startsWith("weight");
        }
        try (var cloud = cloud("capacity_weight_multiplier = -1\n")) {
            assertThat(host(cloud, cloud.available("\"size\": 1"))).isEqualTo("ref1@small#small");
        }
    }

    @Test
    @Requirement({"S3.143", "S3.162"})
    void schedule_whenNothingFits_endsInErrorWithTheReasonOfEachPool() {
        try (var cloud = cloud("max_over_subscription_ratio = 1\n")) {
            var id = cloud.create("\"size\": 200");
            cloud.settle();
            assertThat(cloud.status(id)).isEqualTo("error");
            var flow = flow(cloud, id, "volume_create_scheduler");
            assertThat(flow.state()).isEqualTo(FlowState.REVERTED);
            assertThat(flow.error().orElse("")).contains("No valid backend was found");
            assertThat(flow.detail().orElse(""))
                    .contains("ref1@small#small: CapacityFilter: ")
                    .contains("ref1@large#large: CapacityFilter: ");
            assertThat(host(cloud, id)).isEmpty();
            // It never reached a back end: deleting it needs none.
            assertThat(cloud.call("DELETE", "/v3/volumes/" + id, null).status()).isEqualTo(202);
            assertThat(cloud.status(id)).isEqualTo("gone");
            assertThat(cloud.violations()).isEmpty();
        }
    }

    @Test
    void schedule_whenVolumesTakeTheRoomTogether_promisesNoMoreThanThereIs() {
        try (var cloud = cloud("max_over_subscription_ratio = 1\nquota_volumes = -1\nquota_gigabytes = -1\n")) {
            var ids = new java.util.ArrayList<String>();
            for (int i = 0; i < 5; i++) ids.add(cloud.create("\"size\": 30"));
            cloud.settle();
            assertThat(ids.stream().filter(id -> cloud.status(id).equals("available")))
                    .hasSize(3);
            assertThat(cloud.violations()).isEmpty();
        }
    }

    @Test
    @Requirement({"S3.144", "S3.145"})
    void schedule_withExtraSpecs_takesOnlyPoolsThatHaveThem() {
        try (var cloud = cloud("")) {
            for (var name : new String[] {"small", "nowhere"})
                cloud.call(
                        "POST",
                        "/v3/types",
                        "{\"volume_type\": {\"name\": \"" + name + "\", \"extra_specs\": {\"volume_backend_name\": \""
                                + name + "\", \"other:scope\": \"ignored\","
                                + " \"capabilities:thin_provisioning_support\": \"<is> True\"}}}");
            assertThat(host(cloud, cloud.available("\"size\": 1, \"volume_type\": \"small\"")))
                    .isEqualTo("ref1@small#small");
            var id = cloud.create("\"size\": 1, \"volume_type\": \"nowhere\"");
            cloud.settle();
            assertThat(cloud.status(id)).isEqualTo("error");
            assertThat(flow(cloud, id, "volume_create_scheduler").detail().orElse(""))
                    .contains("CapabilitiesFilter: its volume_backend_name is large, wanted is nowhere");
        }
    }

    @Test
    @Requirement("S3.167")
    void create_whenABackEndFails_triesAnotherPoolAtMostTheSetNumberOfTimes() {
        try (var cloud = cloud("")) {
            large.faults("create"::equals);
            var id = cloud.available("\"size\": 1");
            assertThat(host(cloud, id)).isEqualTo("ref1@small#small");
            assertThat(large.inventory().volumes()).isEmpty();
            assertThat(cloud.flows.ofResource(id).stream().filter(f -> f.name().equals("volume_create_manager")))
                    .hasSize(2);
            small.faults("create"::equals);
            var failed = cloud.create("\"size\": 1");
            cloud.settle();
            assertThat(cloud.status(failed)).isEqualTo("error");
            assertThat(cloud.violations()).isEmpty();
        }
        large.faults("create"::equals);
        small.faults(_ -> false);
        try (var cloud = cloud("scheduler_max_attempts = 1\n")) {
            var id = cloud.create("\"size\": 1");
            cloud.settle();
            assertThat(cloud.status(id)).isEqualTo("error");
        }
    }

    @Test
    @Requirement("S3.137")
    void pools_tellTotalFreeAllocatedAndTime_andASilentBackEndIsDown() {
        try (var cloud = cloud("")) {
            cloud.available("\"size\": 4");
            cloud.module.reconcilers().forEach(r -> r.reconcile());
            var pool = cloud.call("GET", "/v3/scheduler-stats/get_pools?detail=True&name=ref1@large%23large", null)
                    .body()
                    .at("/pools/0/capabilities");
            assertThat(pool.path("total_capacity_gb").asDouble(0)).isEqualTo(100);
            assertThat(pool.path("free_capacity_gb").asDouble(0)).isEqualTo(96);
            assertThat(pool.path("allocated_capacity_gb").asInt(0)).isEqualTo(4);
            assertThat(pool.path("timestamp").asString("")).isNotEmpty();
        }
        try (var cloud = cloud("\n[block-storage]\nservice_down_time = 0\n")) {
            var services = cloud.call("GET", "/v3/os-services?binary=cinder-volume", null);
            assertThat(services.text("/services/0/state")).isEqualTo("down");
            var id = cloud.create("\"size\": 1");
            cloud.settle();
            assertThat(cloud.status(id)).isEqualTo("error");
            assertThat(flow(cloud, id, "volume_create_scheduler").detail().orElse(""))
                    .contains("down: no report");
        }
    }

    @Test
    @Requirement("S3.142")
    void schedule_inAZone_goesThereOrFails() {
        try (var cloud = cloud("storage_availability_zone = mars\n")) {
            var id = cloud.available("\"size\": 1, \"availability_zone\": \"mars\"");
            assertThat(cloud.call("GET", "/v3/volumes/" + id, null).text("/volume/availability_zone"))
                    .isEqualTo("mars");
            var answer = cloud.call("POST", "/v3/volumes", "{\"volume\": {\"size\": 1, \"availability_zone\": \"x\"}}");
            assertThat(answer.status()).isEqualTo(400);
            assertThat(cloud.call("GET", "/v3/os-availability-zone", null).text("/availabilityZoneInfo/0/zoneName"))
                    .isEqualTo("mars");
        }
    }

    @Test
    void service_whenDisabled_getsNoNewVolume() {
        try (var cloud = cloud("")) {
            cloud.call("PUT", "/v3/os-services/disable", "{\"host\": \"ref1@large\", \"binary\": \"cinder-volume\"}");
            assertThat(host(cloud, cloud.available("\"size\": 1"))).isEqualTo("ref1@small#small");
            assertThat(decision(cloud).payload().at("/pools/ref1@large#large").asString(""))
                    .isEqualTo("disabled");
        }
    }

    @Test
    @Requirement({"S3.139", "S3.140", "S3.141"})
    void settings_ofFiltersAndWeighers_areHonouredAndCheckedAtStart() {
        try (var cloud = cloud("scheduler_default_filters = AvailabilityZoneFilter\n")) {
            // Without CapacityFilter nothing is too large.
            var id = cloud.available("\"size\": 900");
            cloud.call("DELETE", "/v3/volumes/" + id, null);
            cloud.settle();
        }
        try (var cloud = cloud("scheduler_default_weighers =\n")) {
            // Without a weigher the names decide.
            assertThat(host(cloud, cloud.available("\"size\": 1"))).isEqualTo("ref1@large#large");
        }
        assertThatThrownBy(() -> cloud("scheduler_default_filters = NoFilter\n"))
                .isInstanceOf(Wrong.class)
                .hasMessageContaining("CapacityFilter");
        assertThatThrownBy(() -> cloud("scheduler_default_weighers = NoWeigher\n"))
                .isInstanceOf(Wrong.class);
        try (var cloud = cloud("scheduler_driver = cinder.scheduler.filter_scheduler.FilterScheduler\n")) {
            assertThat(host(cloud, cloud.available("\"size\": 1"))).isEqualTo("ref1@large#large");
        }
        assertThatThrownBy(() -> cloud("scheduler_driver = cinder.scheduler.chance.ChanceScheduler\n"))
                .isInstanceOf(Wrong.class)
                .hasMessageContaining("'cinder.scheduler.chance.ChanceScheduler' is not supported");
    }

    @ParameterizedTest
    @CsvSource({
        "True, <is> True, true", "False, <is> True, false", "abc, <in> b, true", "7, >= 5, true", "3, >= 5, false",
        "5, == 5.0, true", "b, <or> a <or> b, true", "c, <or> a <or> b, false", "abc, s== abc, true",
                "abc, s!= abc, false",
        "local, local, true", "local, other, false", "4, <= 4, true", "10, = 9, true"
    })
    void extraSpec_inTheSchedulersLanguage_matches(String has, String wanted, boolean matches) {
        assertThat(PoolFilter.ExtraSpec.matches(has, wanted)).isEqualTo(matches);
    }
}
