package cloud.yun.app;

import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.policy.PolicyFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/// A complete set of policies as one directory: `compute.yaml`, `block-storage.json` ... or the projects' names,
/// `nova.yaml`, `cinder.json` ... A service without a file has its defaults.
@Command(name = "policy", description = "Check a directory of policy files, or load it into the running cloud.")
final class PolicyCommand implements Callable<Integer> {
    private static final java.util.Map<String, String> PROJECTS = java.util.Map.of(
            "keystone", "identity",
            "nova", "compute",
            "glance", "image",
            "cinder", "block-storage",
            "neutron", "network");

    enum Action {
        CHECK,
        LOAD
    }

    @Parameters(index = "0", description = "check: say what is wrong; load: put it in force if nothing is.")
    private String action = "";

    @Parameters(index = "1", description = "Directory of the files.")
    private Path directory = Path.of(".");

    @Option(names = "--data", description = "Directory of the cloud's files.")
    private Path data = CheckCommand.standardData();

    @Override
    public Integer call() throws IOException {
        Action wanted;
        try {
            wanted = Action.valueOf(action.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            System.err.println("yun: policy check DIRECTORY, or policy load DIRECTORY");
            return 2;
        }
        var client = CheckCommand.client(data);
        if (client.isEmpty()) return 2;
        var body = set(directory);
        var problems = client.get().post("/yun/v1/policies/check", body).get("problems");
        problems.forEach(p -> System.out.println(p.asString()));
        if (!problems.isEmpty()) return 1;
        if (wanted == Action.LOAD) client.get().put("/yun/v1/policies", body);
        System.out.println(wanted == Action.LOAD ? "loaded" : "nothing wrong");
        return 0;
    }

    /// @return the body of a request: service to rule to text
    static ObjectNode set(Path directory) throws IOException {
        var body = Json.object();
        var services = body.putObject("policies");
        var files = new TreeMap<String, Path>();
        try (var list = Files.list(directory)) {
            list.filter(f -> f.toString().matches(".*\\.(yaml|json)")).forEach(f -> {
                var name = f.getFileName().toString().replaceFirst("\\.(yaml|json)$", "");
                files.put(PROJECTS.getOrDefault(name, name), f);
            });
        }
        for (var file : files.entrySet()) {
            var rules = services.putObject(file.getKey());
            PolicyFile.parse(file.getValue().toString(), Files.readString(file.getValue()))
                    .forEach(rules::put);
        }
        return body;
    }
}
