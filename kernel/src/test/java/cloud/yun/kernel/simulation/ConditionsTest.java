package cloud.yun.kernel.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.error.CloudException.Unavailable;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ConditionsTest {
    /// A light switch as a driver.
    public interface Driver {
        void on();

        void off();

        boolean look();
    }

    public interface CanBlink {
        String blink();
    }

    public interface CanMultiply {
        Driver another();
    }

    private static final class Lamp implements Driver, CanBlink, CanMultiply {
        boolean lit;

        @Override
        public void on() {
            lit = true;
        }

        @Override
        public void off() {
            throw new NotFound("There is no lamp.");
        }

        @Override
        public boolean look() {
            return lit;
        }

        @Override
        public Driver another() {
            return new Lamp();
        }

        @Override
        public String blink() {
            return "blink";
        }
    }

    private final Lamp lamp = new Lamp();
    private final Conditions conditions = new Conditions(new Random(1));
    private final Driver driver = conditions.around(lamp, Driver.class, "lamp");

    private static Conditions.Settings faults(Map<String, Double> faults) {
        return new Conditions.Settings(0, Map.of(), 0, faults);
    }

    @Test
    void calm_letsEverythingPass() {
        driver.on();
        assertThat(driver.look()).isTrue();
        assertThatThrownBy(driver::off).isInstanceOf(NotFound.class);
        assertThat(((CanBlink) driver).blink()).isEqualTo("blink");
    }

    @Test
    void fault_comesBeforeTheEffectAndEndsWhenItIsTakenBack() {
        conditions.set(faults(Map.of("lamp.off", 1.0)));
        driver.on();
        assertThatThrownBy(driver::off)
                .isInstanceOfSatisfying(
                        Unavailable.class, e -> assertThat(e.detail()).isEqualTo("simulated fault in lamp.off"));
        conditions.set(faults(Map.of("lamp.*", 1.0)));
        assertThatThrownBy(driver::look).isInstanceOf(Unavailable.class);
        conditions.set(Conditions.Settings.CALM);
        assertThat(driver.look()).isTrue();
    }

    @Test
    void anotherDriverThatADriverMakes_isUnderTheSameConditions() {
        var another = ((CanMultiply) driver).another();
        conditions.set(faults(Map.of("lamp.on", 1.0)));
        assertThatThrownBy(another::on).isInstanceOf(Unavailable.class);
    }

    @Test
    void probability_isHeldOverManyCallsAndSparesLooks() {
        conditions.set(new Conditions.Settings(0, Map.of(), 0.25, Map.of("lamp.off", 0.0)));
        int failed = 0;
        for (int i = 0; i < 1000; i++) {
            driver.look();
            try {
                driver.on();
            } catch (Unavailable e) {
                failed++;
            }
        }
        assertThat(failed).isBetween(200, 300);
        assertThatThrownBy(driver::off).as("its own probability is 0").isInstanceOf(NotFound.class);
    }

    @Test
    void delay_isOfOperationsThatChangeSomethingUnlessNamed() {
        conditions.set(new Conditions.Settings(0.05, Map.of("lamp.look", 0.1), 0, Map.of()));
        assertThat(time(driver::on)).isGreaterThanOrEqualTo(Duration.ofMillis(50));
        assertThat(time(driver::look)).isGreaterThanOrEqualTo(Duration.ofMillis(100));
    }

    private static Duration time(Runnable work) {
        long began = System.nanoTime();
        work.run();
        return Duration.ofNanos(System.nanoTime() - began);
    }

    @Test
    void unknownOperationOrSenselessNumber_isRefused() {
        assertThatThrownBy(() -> conditions.set(faults(Map.of("lamp.explode", 1.0))))
                .isInstanceOf(Invalid.class)
                .hasMessageContaining("no operation 'lamp.explode'")
                .hasMessageContaining("lamp.off");
        assertThatThrownBy(() -> faults(Map.of("lamp.on", 1.5)))
                .isInstanceOf(Invalid.class)
                .hasMessageContaining("1.5");
        assertThat(conditions.settings()).isEqualTo(Conditions.Settings.CALM);
    }

    @Test
    void configuration_isReadAndCheckedAtStart() {
        var options = Conditions.options();
        conditions.configure(Config.parse(options, """
                [simulated]
                delay = 0.5
                delays = lamp.on:2.5, lamp.look:1
                fault_probability = 0.125
                faults = lamp.off, lamp.on:0.5
                """));
        assertThat(conditions.settings())
                .isEqualTo(new Conditions.Settings(
                        0.5, Map.of("lamp.on", 2.5, "lamp.look", 1.0), 0.125, Map.of("lamp.off", 1.0, "lamp.on", 0.5)));
        assertThatThrownBy(() -> conditions.configure(Config.parse(options, "[simulated]\nfaults = lamp.onn\n")))
                .isInstanceOf(Config.Wrong.class)
                .hasMessageContaining("lamp.onn");
        assertThatThrownBy(() -> Config.parse(options, "[simulated]\ndelays = lamp.on\n"))
                .isInstanceOf(Config.Wrong.class);
        assertThatThrownBy(() -> conditions.configure(Config.parse(options, "[simulated]\ndelay = -1\n")))
                .isInstanceOf(Config.Wrong.class);
    }
}
