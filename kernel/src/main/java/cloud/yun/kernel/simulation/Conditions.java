package cloud.yun.kernel.simulation;

import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.config.Option;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.Unavailable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.random.RandomGenerator;

/// Delays and faults of drivers' operations. An operation is named `ROOM.METHOD`, for example `compute.start`.
///
/// The general delay and probability are for operations that change something. One that only looks is disturbed when
/// it is named itself, or its room is: `compute.*`. A fault comes before the effect and is an [Unavailable].
public final class Conditions {
    private static final Option<Double> DELAY =
            Option.decimal("simulated", "delay", 0, "Seconds that every operation takes that changes something.");
    private static final Option<Map<String, Double>> DELAYS =
            numbers("delays", "Seconds by operation, for example: compute.start:2.5, volume.*:1", Optional.empty());
    private static final Option<Double> PROBABILITY = Option.decimal(
            "simulated", "fault_probability", 0, "How often an operation that changes something fails: 0 to 1.");
    private static final Option<Map<String, Double>> FAULTS = numbers(
            "faults",
            "Operations that fail, always or with a probability, for example: compute.start, network.plug:0.1",
            Optional.of(1.0));

    /// @param delaySeconds of operations that change something and are not in `delays`
    /// @param delays seconds by operation
    /// @param faultProbability of operations that change something and are not in `faults`
    /// @param faults probability by operation
    public record Settings(
            double delaySeconds, Map<String, Double> delays, double faultProbability, Map<String, Double> faults) {
        public static final Settings CALM = new Settings(0, Map.of(), 0, Map.of());

        /// @throws Invalid a negative delay, or a probability that is none
        public Settings {
            delays = Map.copyOf(delays);
            faults = Map.copyOf(faults);
            check("delay", List.of(delaySeconds), Double.MAX_VALUE);
            check("delays", delays.values(), Double.MAX_VALUE);
            check("fault_probability", List.of(faultProbability), 1);
            check("faults", faults.values(), 1);
        }

        private static void check(String name, Collection<Double> values, double most) {
            for (double value : values)
                if (!(value >= 0 && value <= most))
                    throw new Invalid(name + ": " + value + " is not "
                            + (most == 1 ? "a probability, 0 to 1." : "a number of seconds."));
        }
    }

    private final RandomGenerator random;
    private final Set<String> operations = new ConcurrentSkipListSet<>();
    private volatile Settings settings = Settings.CALM;

    public Conditions(RandomGenerator random) {
        this.random = random;
    }

    public static List<Option<?>> options() {
        return List.of(DELAY, DELAYS, PROBABILITY, FAULTS);
    }

    /// What the configuration says; to be called when every driver is wrapped.
    ///
    /// @throws Config.Wrong an operation that no driver has, or a number that makes no sense
    public void configure(Config config) {
        try {
            set(new Settings(config.get(DELAY), config.get(DELAYS), config.get(PROBABILITY), config.get(FAULTS)));
        } catch (Invalid e) {
            throw new Config.Wrong("[simulated] " + e.getMessage());
        }
    }

    /// From the next operation on.
    ///
    /// @throws Invalid an operation that no driver has
    public void set(Settings wanted) {
        var names = new TreeSet<>(wanted.delays().keySet());
        names.addAll(wanted.faults().keySet());
        for (var name : names)
            if (!operations.contains(name)
                    && !(name.endsWith(".*")
                            && operations.stream().anyMatch(o -> o.startsWith(name.substring(0, name.length() - 1)))))
                throw new Invalid(
                        "There is no operation '" + name + "'. There are: " + String.join(", ", operations) + ".");
        settings = wanted;
    }

    public Settings settings() {
        return settings;
    }

    /// @return every operation that can be named
    public Set<String> operations() {
        return new LinkedHashSet<>(operations);
    }

    /// @param driver what all calls go to, once the conditions let them
    /// @param spi the interface whose methods are the operations
    /// @param room the first part of the operations' names
    /// @return the driver under these conditions, with all of its abilities; another such driver that it makes is
    ///     under
    ///     them as well
    public <D> D around(D driver, Class<D> spi, String room) {
        for (var method : spi.getMethods()) operations.add(room + "." + method.getName());
        var abilities = new LinkedHashSet<Class<?>>(List.of(spi));
        abilities.addAll(interfaces(driver.getClass()));
        return spi.cast(Proxy.newProxyInstance(
                driver.getClass().getClassLoader(), abilities.toArray(Class<?>[]::new), (_, method, arguments) -> {
                    if (spi.isAssignableFrom(method.getDeclaringClass()))
                        meet(room + "." + method.getName(), changes(method));
                    try {
                        var answer = method.invoke(driver, arguments);
                        return spi.isInstance(answer) ? around(spi.cast(answer), spi, room) : answer;
                    } catch (InvocationTargetException e) {
                        throw e.getCause() == null ? e : e.getCause();
                    }
                }));
    }

    private static List<Class<?>> interfaces(Class<?> type) {
        var found = new ArrayList<Class<?>>(List.of(type.getInterfaces()));
        if (type.getSuperclass() != null) found.addAll(interfaces(type.getSuperclass()));
        return found;
    }

    /// A look answers something; to be told of changes is no operation on the host.
    private static boolean changes(Method method) {
        return method.getReturnType() == void.class && !method.getName().matches("on[A-Z].*");
    }

    private void meet(String operation, boolean changes) {
        var now = settings;
        double delay = value(now.delays(), operation, changes ? now.delaySeconds() : 0);
        if (delay > 0) sleep(Duration.ofNanos(Math.round(delay * 1e9)));
        double probability = value(now.faults(), operation, changes ? now.faultProbability() : 0);
        if (probability > 0 && random.nextDouble() < probability)
            throw new Unavailable("The simulated host failed.", "simulated fault in " + operation, null);
    }

    private static double value(Map<String, Double> named, String operation, double otherwise) {
        var exact = named.get(operation);
        if (exact != null) return exact;
        return named.getOrDefault(operation.substring(0, operation.indexOf('.')) + ".*", otherwise);
    }

    private static void sleep(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unavailable("The host is stopping.", "interrupted", e);
        }
    }

    /// @param standard of a name that stands alone
    private static Option<Map<String, Double>> numbers(String name, String help, Optional<Double> standard) {
        return new Option<>("simulated", name, "", help, text -> {
            var found = new LinkedHashMap<String, Double>();
            for (var part : text.split(",")) {
                if (part.isBlank()) continue;
                int colon = part.indexOf(':');
                var number = colon < 0 ? "" : part.substring(colon + 1).strip();
                if (colon < 0 && standard.isEmpty())
                    throw new IllegalArgumentException("'" + part.strip() + "' has no number behind a colon");
                try {
                    found.put(
                            part.substring(0, colon < 0 ? part.length() : colon).strip(),
                            colon < 0 ? standard.orElseThrow() : Double.valueOf(number));
                } catch (NumberFormatException e) {
                    throw new IllegalArgumentException("'" + number + "' is not a number", e);
                }
            }
            return found;
        });
    }
}
