package cloud.yun.host.process;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What to run: an immutable description, changed by copies.
///
/// @param namespace name of a network namespace under `/run/netns`; the file system and cgroups stay those of
/// the host
/// @param deadline after this time the program and its children are killed
/// @param accepted exit codes that are not a failure
public record Command(
        String program,
        List<Argument> arguments,
        byte[] stdin,
        Optional<String> namespace,
        Optional<Path> directory,
        Map<String, String> environment,
        Duration deadline,
        Set<Integer> accepted) {
    /// One argument; a secret one is shown as `***`.
    public record Argument(String text, boolean secret) {
        @Override
        public String toString() {
            return secret ? "***" : text;
        }
    }

    private static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(30);

    public Command {
        arguments = List.copyOf(arguments);
        environment = Map.copyOf(environment);
        accepted = Set.copyOf(accepted);
    }

    /// A command with no input, a deadline of 30 s and 0 as the only good exit code.
    public static Command of(String program, String... arguments) {
        return new Command(
                program,
                Stream.of(arguments).map(a -> new Argument(a, false)).toList(),
                new byte[0],
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                DEFAULT_DEADLINE,
                Set.of(0));
    }

    public Command with(String... more) {
        return withArguments(Stream.of(more).map(a -> new Argument(a, false)).toList());
    }

    /// Adds an argument that must never be shown. Other users of the host can still read it in `/proc`: prefer
    /// stdin.
    public Command withSecret(String secret) {
        return withArguments(List.of(new Argument(secret, true)));
    }

    private Command withArguments(List<Argument> more) {
        var all = new ArrayList<>(arguments);
        all.addAll(more);
        return new Command(program, all, stdin, namespace, directory, environment, deadline, accepted);
    }

    public Command stdin(String text) {
        return stdin(text.getBytes(StandardCharsets.UTF_8));
    }

    public Command stdin(byte[] bytes) {
        return new Command(program, arguments, bytes, namespace, directory, environment, deadline, accepted);
    }

    /// Runs in a network namespace of that name, entered with `nsenter` (unlike `ip netns exec` it keeps
    /// `/sys`).
    public Command in(String networkNamespace) {
        return in(Optional.of(networkNamespace));
    }

    public Command in(Optional<String> networkNamespace) {
        return new Command(program, arguments, stdin, networkNamespace, directory, environment, deadline, accepted);
    }

    public Command directory(Path workingDirectory) {
        return new Command(
                program, arguments, stdin, namespace, Optional.of(workingDirectory), environment, deadline, accepted);
    }

    public Command environment(String name, String value) {
        var all = new LinkedHashMap<>(environment);
        all.put(name, value);
        return new Command(program, arguments, stdin, namespace, directory, all, deadline, accepted);
    }

    public Command deadline(Duration time) {
        return new Command(program, arguments, stdin, namespace, directory, environment, time, accepted);
    }

    public Command accept(Integer... exitCodes) {
        return new Command(program, arguments, stdin, namespace, directory, environment, deadline, Set.of(exitCodes));
    }

    /// The whole command line, namespace entry included, with secrets in clear: for the kernel only.
    List<String> line() {
        var line = new ArrayList<String>();
        namespace.ifPresent(n -> line.addAll(List.of(Programs.find("nsenter"), "--net=/run/netns/" + n)));
        line.add(Programs.find(program));
        arguments.forEach(a -> line.add(a.text()));
        return line;
    }

    /// Replaces every secret argument found in a text.
    String redact(String text) {
        String clean = text;
        for (var argument : arguments) {
            if (argument.secret() && !argument.text().isEmpty()) clean = clean.replace(argument.text(), "***");
        }
        return clean;
    }

    /// The command as it may be shown: secrets hidden, no input.
    @Override
    public String toString() {
        return namespace.map(n -> "[" + n + "] ").orElse("")
                + program
                + arguments.stream().map(a -> " " + a).collect(Collectors.joining());
    }
}
