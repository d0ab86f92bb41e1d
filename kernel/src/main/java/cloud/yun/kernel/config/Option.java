package cloud.yun.kernel.config;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/// One option: where it stands, what it is worth unset, and what it is for.
///
/// @param section `DEFAULT`, `compute` ...
/// @param name OpenStack's name where OpenStack has the option
/// @param standard the default as one would write it
/// @param parse throws IllegalArgumentException with a sentence for the operator
public record Option<T>(String section, String name, String standard, String help, Function<String, T> parse) {
    public static Option<String> text(String section, String name, String standard, String help) {
        return new Option<>(section, name, standard, help, s -> s);
    }

    public static Option<Integer> integer(String section, String name, int standard, String help) {
        return new Option<>(section, name, Integer.toString(standard), help, s -> {
            try {
                return Integer.valueOf(s);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("'" + s + "' is not an integer", e);
            }
        });
    }

    public static Option<Double> decimal(String section, String name, double standard, String help) {
        return new Option<>(section, name, Double.toString(standard), help, s -> {
            try {
                return Double.valueOf(s);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("'" + s + "' is not a number", e);
            }
        });
    }

    public static Option<Boolean> bool(String section, String name, boolean standard, String help) {
        return new Option<>(section, name, Boolean.toString(standard), help, s -> switch (s.toLowerCase(Locale.ROOT)) {
            case "true", "1", "on", "yes" -> true;
            case "false", "0", "off", "no" -> false;
            default -> throw new IllegalArgumentException("'" + s + "' is neither true nor false");
        });
    }

    public static Option<List<String>> list(String section, String name, String standard, String help) {
        return new Option<>(
                section,
                name,
                standard,
                help,
                s -> s.isBlank()
                        ? List.of()
                        : List.of(s.split(",")).stream().map(String::strip).toList());
    }

    /// Written in seconds, as OpenStack does.
    public static Option<Duration> seconds(String section, String name, int standard, String help) {
        return new Option<>(section, name, Integer.toString(standard), help, s -> {
            try {
                return Duration.ofMillis(Math.round(Double.parseDouble(s) * 1000));
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("'" + s + "' is not a number of seconds", e);
            }
        });
    }

    @Override
    public String toString() {
        return "[" + section + "] " + name;
    }
}
