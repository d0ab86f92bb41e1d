package cloud.yun.kernel.policy;

import cloud.yun.kernel.Kernel;
import cloud.yun.kernel.config.CommonOptions;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// The file in which an operator changes the rules of one service: `policy.yaml`, or `policy.json` if there is no such
/// file.
///
/// @param path its name, or the one that it will have
/// @param rolesDiffer `[oslo_policy] enforce_new_defaults`
public record PolicyFile(Path path, boolean rolesDiffer) {
    /// @param service its type: the folder in the data directory, for example `compute`
    /// @param project name of the OpenStack project that the service is, for example `nova`
    public static PolicyFile of(Kernel kernel, String service, String project) {
        var named = kernel.config()
                .get(CommonOptions.POLICY_FILE)
                .replace("{service}", service)
                .replace("{project}", project);
        return new PolicyFile(
                kernel.data().resolve(service).resolve(named), kernel.config().get(CommonOptions.NEW_DEFAULTS));
    }

    /// What a file was when it was read.
    record Version(Path path, FileTime modified) {}

    /// @return empty when there is no file
    Optional<Version> version() throws IOException {
        for (var candidate : new Path[] {path, sibling()})
            if (Files.exists(candidate))
                return Optional.of(new Version(candidate, Files.getLastModifiedTime(candidate)));
        return Optional.empty();
    }

    private Path sibling() {
        var name = path.getFileName().toString();
        if (name.endsWith(".yaml")) return path.resolveSibling(name.substring(0, name.length() - 5) + ".json");
        if (name.endsWith(".json")) return path.resolveSibling(name.substring(0, name.length() - 5) + ".yaml");
        return path;
    }

    /// @return rule name to rule text
    /// @throws Invalid it is no map of rules
    static Map<String, String> read(Path path) throws IOException {
        return parse(path.toString(), Files.readString(path));
    }

    /// @param text YAML; JSON is a part of it
    /// @throws Invalid it is no map of rules
    public static Map<String, String> parse(String label, String text) {
        @Nullable Object tree;
        try {
            tree = new Load(LoadSettings.builder().setLabel(label).build()).loadFromString(text);
        } catch (YamlEngineException e) {
            throw new Invalid(label + " is not YAML: " + e.getMessage());
        }
        if (tree == null) return Map.of();
        if (!(tree instanceof Map<?, ?> map)) throw new Invalid("a policy file is a map of rules");
        var found = new HashMap<String, String>();
        map.forEach((name, rule) -> found.put(String.valueOf(name), String.valueOf(rule)));
        return found;
    }

    /// Takes the place of what is there, at once or not at all.
    void write(Map<String, String> rules) throws IOException {
        var text = new StringBuilder();
        new TreeMap<>(rules)
                .forEach((name, rule) -> text.append(Json.text(name))
                        .append(": ")
                        .append(Json.text(rule))
                        .append('\n'));
        Files.createDirectories(path.toAbsolutePath().getParent());
        var draft = path.resolveSibling(path.getFileName() + ".new");
        Files.writeString(draft, text);
        Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
