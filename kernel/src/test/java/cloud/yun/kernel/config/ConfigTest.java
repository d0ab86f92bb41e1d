package cloud.yun.kernel.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.yun.testing.Requirement;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConfigTest {
    private static final Option<Integer> CONCURRENCY =
            Option.integer("worker", "concurrency", 2, "How many tasks run at once.");
    private static final Option<Boolean> DEBUG = Option.bool("DEFAULT", "debug", false, "Say more.");
    private static final Option<List<String>> TYPES = Option.list("ml2", "type_drivers", "local,flat", "Types.");
    private static final List<Option<?>> ALL = List.of(CONCURRENCY, DEBUG, TYPES);

    @Requirement({"S0.22", "S0.23"})
    @Test
    void option_unsetReadsItsDefault_setReadsTheFile_andWrongStopsWithItsName() {
        assertThat(Config.parse(ALL, "").get(CONCURRENCY)).isEqualTo(2);
        assertThat(Config.parse(ALL, "[worker]\nconcurrency=8\n").get(CONCURRENCY))
                .isEqualTo(8);
        assertThatThrownBy(() -> Config.parse(ALL, "[worker]\nconcurrency = abc"))
                .isInstanceOf(Config.Wrong.class)
                .hasMessageContaining("[worker] concurrency")
                .hasMessageContaining("abc");
        assertThat(Config.sample(ALL)).contains("How many tasks run at once.").contains("#concurrency = 2");
    }

    @Test
    void unknownKey_isRefusedWithTheNearestName() {
        assertThatThrownBy(() -> Config.parse(ALL, "[worker]\nconcurency = 3"))
                .hasMessageContaining("unknown option [worker] concurency")
                .hasMessageContaining("did you mean [worker] concurrency?");
    }

    @Test
    void file_withCommentsContinuationsAndColons_isReadAsOsloDoes() {
        var config = Config.parse(
                ALL, "# a comment\ndebug: on\n\n[ml2]\n; another\ntype_drivers = local,\n    vxlan,\n    vlan\n");
        assertThat(config.get(DEBUG)).isTrue();
        assertThat(config.get(TYPES)).containsExactly("local", "vxlan", "vlan");
    }

    @Test
    void sample_isAFileThatLoads() {
        var config = Config.parse(ALL, Config.sample(ALL).replace("\n#concurrency", "\nconcurrency"));
        assertThat(config.get(CONCURRENCY)).isEqualTo(2);
    }
}
