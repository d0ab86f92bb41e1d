package cloud.yun.placement;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// The names that os-traits 3 and os-resource-classes 1 define, as data.
final class StandardNames {
    private StandardNames() {}

    static List<String> traits() {
        return lines("placement/traits.txt");
    }

    static List<String> resourceClasses() {
        return lines("placement/resource-classes.txt");
    }

    private static List<String> lines(String resource) {
        try (var in = StandardNames.class.getClassLoader().getResourceAsStream(resource)) {
            if (in == null) throw new IllegalStateException("no resource " + resource);
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(l -> !l.isBlank())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
