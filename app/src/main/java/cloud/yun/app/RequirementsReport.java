package cloud.yun.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Proven and not proven, by room, from the reports of the last test runs.
final class RequirementsReport {
    private record Requirement(String id, String room, String text) {}

    private RequirementsReport() {}

    /// @param home the project's folder: `docs/requirements.tsv` and the modules' `target` folders
    static String of(Path home, boolean all) throws IOException {
        var verdicts = verdicts(home);
        var byRoom = new TreeMap<String, List<Requirement>>();
        for (var line : Files.readAllLines(home.resolve("docs/requirements.tsv")).stream()
                .skip(1)
                .toList()) {
            var cells = line.split("\t", -1);
            byRoom.computeIfAbsent(cells[1], _ -> new ArrayList<>()).add(new Requirement(cells[0], cells[1], cells[3]));
        }
        var text = new StringBuilder();
        int proven = 0;
        int total = 0;
        for (var room : byRoom.entrySet()) {
            var done = room.getValue().stream()
                    .filter(r -> "PASS".equals(verdicts.get(r.id())))
                    .toList();
            proven += done.size();
            total += room.getValue().size();
            text.append("%-14s %3d proven %3d not proven%n"
                    .formatted(room.getKey(), done.size(), room.getValue().size() - done.size()));
            if (!all) continue;
            for (var r : room.getValue())
                text.append("  %-8s %-10s %s%n".formatted(r.id(), verdicts.getOrDefault(r.id(), "-"), r.text()));
        }
        return text.append("%-14s %3d proven %3d not proven%n".formatted("all", proven, total - proven))
                .toString();
    }

    /// A failure weighs more than a pass, a pass more than a skip.
    private static Map<String, String> verdicts(Path home) throws IOException {
        var found = new TreeMap<String, String>();
        var reports = new ArrayList<Path>();
        try (Stream<Path> modules = Files.list(home)) {
            modules.map(m -> m.resolve("target/requirements.tsv"))
                    .filter(Files::exists)
                    .forEach(reports::add);
        }
        var suites = home.resolve("build/requirements.tsv");
        if (Files.exists(suites)) reports.add(suites);
        for (var report : reports)
            for (var line : Files.readAllLines(report)) {
                var cells = line.split("\t", -1);
                if (cells.length >= 2) found.merge(cells[0], cells[1], RequirementsReport::heavier);
            }
        return found;
    }

    private static String heavier(String a, String b) {
        if (a.equals("FAIL") || b.equals("FAIL")) return "FAIL";
        return a.equals("PASS") || b.equals("PASS") ? "PASS" : "SKIP";
    }
}
