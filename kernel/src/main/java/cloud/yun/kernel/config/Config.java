package cloud.yun.kernel.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The options in force, all checked at start. Later files win over earlier ones.
///
/// @see <a href="https://docs.openstack.org/oslo.config/latest/reference/format.html">oslo.config file format</a>
public final class Config {
    /// The process must not start with it.
    public static final class Wrong extends RuntimeException {
        public Wrong(String message) {
            super(message);
        }
    }

    private final Map<String, Option<?>> known = new LinkedHashMap<>();
    private final Map<String, Object> values = new HashMap<>();

    private Config(List<Option<?>> options) {
        var all = new ArrayList<Option<?>>(CommonOptions.ALL);
        all.addAll(options);
        for (var option : all) {
            known.put(option.toString(), option);
            values.put(option.toString(), option.parse().apply(option.standard()));
        }
    }

    /// @param options all options of all rooms
    /// @throws Wrong an unknown key, a value that does not parse, or a file that cannot be read
    public static Config load(List<Option<?>> options, List<Path> files) {
        var config = new Config(options);
        for (var file : files) {
            try {
                config.read(file.toString(), Files.readString(file));
            } catch (IOException e) {
                throw new Wrong("The configuration file " + file + " cannot be read: " + e.getMessage());
            }
        }
        return config;
    }

    public static Config parse(List<Option<?>> options, String text) {
        var config = new Config(options);
        config.read("text", text);
        return config;
    }

    @SuppressWarnings("unchecked") // an option's value was made by its own parse
    public <T> T get(Option<T> option) {
        var value = values.get(option.toString());
        if (value == null) throw new IllegalArgumentException(option + " was not declared");
        return (T) value;
    }

    /// For one process's own override, as from the command line.
    public Config with(Option<?> option, String text) {
        set(option.toString(), text, "the command line");
        return this;
    }

    private void read(String file, String text) {
        var section = "DEFAULT";
        var lines = new ArrayList<String>();
        for (var line : text.split("\r?\n", -1)) {
            // A line that begins with white space continues the value before it.
            if (!line.isBlank() && Character.isWhitespace(line.charAt(0)) && !lines.isEmpty())
                lines.set(lines.size() - 1, lines.getLast() + " " + line.strip());
            else lines.add(line.strip());
        }
        for (var line : lines) {
            if (line.isEmpty() || line.startsWith("#") || line.startsWith(";")) continue;
            if (line.startsWith("[") && line.endsWith("]")) {
                section = line.substring(1, line.length() - 1).strip();
                continue;
            }
            int equals = line.indexOf('=');
            int colon = line.indexOf(':');
            int at = equals >= 0 && (colon < 0 || equals < colon) ? equals : colon;
            if (at < 0) throw new Wrong(file + ": this is not an option: " + line);
            set(
                    "[" + section + "] " + line.substring(0, at).strip(),
                    line.substring(at + 1).strip(),
                    file);
        }
    }

    private void set(String key, String text, String file) {
        var option = known.get(key);
        if (option == null)
            throw new Wrong(file + ": unknown option " + key
                    + nearest(key).map(n -> "; did you mean " + n + "?").orElse(""));
        try {
            values.put(key, option.parse().apply(text));
        } catch (IllegalArgumentException e) {
            throw new Wrong(file + ": " + option + ": " + e.getMessage());
        }
    }

    private Optional<String> nearest(String key) {
        return known.keySet().stream()
                .min(java.util.Comparator.comparingInt(k -> distance(key, k)))
                .filter(k -> distance(key, k) <= Math.max(3, key.length() / 3));
    }

    private static int distance(String a, String b) {
        int[] before = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) before[j] = j;
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = before[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(change, Math.min(before[j], row[j - 1]) + 1);
            }
            before = row;
        }
        return before[b.length()];
    }

    /// @return a commented file with every option at its default
    public static String sample(List<Option<?>> options) {
        var sections = new LinkedHashMap<String, StringBuilder>();
        for (var option : options) {
            var text = sections.computeIfAbsent(option.section(), s -> new StringBuilder("[" + s + "]\n"));
            text.append("\n# ")
                    .append(option.help().replace("\n", "\n# "))
                    .append("\n#")
                    .append(option.name())
                    .append(" = ")
                    .append(option.standard())
                    .append('\n');
        }
        return String.join("\n", sections.values());
    }
}
