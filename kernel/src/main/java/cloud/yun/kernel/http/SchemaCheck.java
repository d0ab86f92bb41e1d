package cloud.yun.kernel.http;

import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.json.Json;
import dev.harrel.jsonschema.Dialects;
import dev.harrel.jsonschema.Error;
import dev.harrel.jsonschema.EvaluationContext;
import dev.harrel.jsonschema.Evaluator;
import dev.harrel.jsonschema.Validator;
import dev.harrel.jsonschema.ValidatorFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// Checks bodies against the JSON Schema files of the rooms and words a failure as OpenStack's services do.
///
/// A schema is read when first used, so that a start does not pay for those nobody needs.
public final class SchemaCheck {
    /// Failures of these only say that something inside failed; the inner one is the news.
    private static final Set<String> OUTER = Set.of("properties", "items", "allOf", "$ref", "patternProperties", "if");

    private record Loaded(URI uri, JsonNode tree, Validator validator) {}

    private final ConcurrentHashMap<String, Loaded> loaded = new ConcurrentHashMap<>();
    private final FaultDialect dialect;

    /// @param dialect whose way to name the field that is wrong
    public SchemaCheck(FaultDialect dialect) {
        this.dialect = dialect;
    }

    /// @param resource JSON Schema on the class path
    /// @throws Invalid the body does not fit, in the words of Python's jsonschema, which clients know
    public void check(String resource, JsonNode body) {
        var schema = loaded.computeIfAbsent(resource, SchemaCheck::load);
        var result = schema.validator().validate(schema.uri(), new SchemaTree(body, ""));
        if (result.isValid()) return;
        var failures = result.getErrors().stream().map(Failure::of).toList();
        var failure = failures.stream()
                .filter(f -> !OUTER.contains(f.keyword()))
                .min(Comparator.comparingInt(Failure::nested))
                .orElse(failures.getFirst());
        throw new Invalid(words(failure, schema.tree(), body, dialect));
    }

    /// All that is wrong, each in the words of Python's jsonschema alone, for services that say all of it at once.
    ///
    /// @param resource JSON Schema on the class path
    /// @return in alphabetical order; empty when the body fits
    public List<String> reasons(String resource, JsonNode body) {
        var schema = loaded.computeIfAbsent(resource, SchemaCheck::load);
        var result = schema.validator().validate(schema.uri(), new SchemaTree(body, ""));
        if (result.isValid()) return List.of();
        return result.getErrors().stream()
                .map(Failure::of)
                .filter(f -> !OUTER.contains(f.keyword()) && f.nested() == 0)
                .flatMap(f -> reasons(f, schema.tree(), body.at(f.instance())))
                .distinct()
                .sorted()
                .toList();
    }

    /// Python's jsonschema says each missing property by itself.
    private static Stream<String> reasons(Failure failure, JsonNode schema, JsonNode value) {
        if (!failure.keyword().equals("required")) return Stream.of(reason(failure, schema, value));
        return schema.at(failure.schema())
                .valueStream()
                .filter(name -> value.get(name.stringValue()) == null)
                .map(name -> Python.repr(name) + " is a required property");
    }

    /// One failure as Python's jsonschema would report it.
    ///
    /// @param schema pointer to the keyword in the schema
    /// @param instance pointer to the value that failed
    private record Failure(String keyword, String schema, String instance, String message, int nested) {
        static Failure of(Error error) {
            int hash = error.getSchemaLocation().indexOf('#');
            var at = hash < 0 ? "" : error.getSchemaLocation().substring(hash + 1);
            var path = error.getEvaluationPath();
            // Prefers a plain failure over one of the many branches of an anyOf/oneOf that were only tried.
            int nested = path.contains("/anyOf/") || path.contains("/oneOf/") || path.contains("/not/") ? 1 : 0;
            var message = String.valueOf(error.getError());
            var keyword = error.getKeyword();
            if (keyword != null) {
                var full = at.endsWith("/" + keyword) ? at : at + "/" + keyword;
                return new Failure(keyword, full, error.getInstanceLocation(), message, nested);
            }
            // A schema that is `false` names no keyword: it is what additionalProperties says of the object around.
            return new Failure(last(at), at, parent(error.getInstanceLocation()), message, nested);
        }
    }

    private static Evaluator.Result uuid(EvaluationContext context, dev.harrel.jsonschema.JsonNode value) {
        // As oslo's is_uuid_like: hyphens and braces do not matter.
        boolean fits = !value.isString()
                || value.asString().replaceAll("urn:|uuid:|[{}-]", "").matches("[0-9a-fA-F]{32}");
        return fits ? Evaluator.Result.success() : Evaluator.Result.failure("not a uuid");
    }

    private static Loaded load(String resource) {
        try (var in = SchemaCheck.class.getClassLoader().getResourceAsStream(resource)) {
            if (in == null) throw new IllegalStateException("no schema " + resource);
            var tree = Json.stored(new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8));
            var validator = new ValidatorFactory()
                    .withJsonNodeFactory(SchemaTree.FACTORY)
                    .withDefaultDialect(new Dialects.Draft2020Dialect())
                    .withDisabledSchemaValidation(true)
                    .withEvaluatorFactory((_, keyword, wanted) -> keyword.equals("format")
                                    && wanted.isString()
                                    && wanted.asString().equals("uuid")
                            ? Optional.of(SchemaCheck::uuid)
                            : Optional.empty())
                    .createValidator();
            var uri = validator.registerSchema(URI.create("yun:///" + resource), new SchemaTree(tree, ""));
            return new Loaded(uri, tree, validator);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String words(Failure failure, JsonNode schema, JsonNode body, FaultDialect dialect) {
        var value = body.at(failure.instance());
        var reason = reason(failure, schema, value);
        if (dialect == FaultDialect.IDENTITY) {
            // Keystone names the whole path inside the object that the body wraps.
            int inner = failure.instance().indexOf('/', 1);
            return inner < 0
                    ? reason
                    : "Invalid input for field '" + failure.instance().substring(inner + 1) + "': " + reason;
        }
        if (dialect == FaultDialect.PLACEMENT)
            return "JSON does not validate: " + reason
                    + dump(failure, schema, body).replace('\n', ' ');
        if (dialect == FaultDialect.IMAGE)
            return "Provided object does not match schema '"
                    + schema.path("name").asString("body") + "': " + reason + dump(failure, schema, body);
        var field = last(failure.instance());
        return field.isEmpty()
                ? reason
                : "Invalid input for field/attribute " + field + ". Value: " + Python.str(value) + ". " + reason;
    }

    /// What Python's jsonschema adds to its message: the part of the schema that failed, and the value.
    private static String dump(Failure failure, JsonNode schema, JsonNode body) {
        var part = parent(failure.schema());
        return "\n\nFailed validating '" + failure.keyword() + "' in schema" + subscripts(part, schema) + ":\n"
                + Python.pretty(schema.at(part)).indent(4).stripTrailing() + "\n\nOn instance"
                + subscripts(failure.instance(), body) + ":\n"
                + Python.pretty(body.at(failure.instance())).indent(4).stripTrailing();
    }

    private static String subscripts(String pointer, JsonNode tree) {
        var out = new StringBuilder();
        var node = tree;
        for (var raw : pointer.split("/", -1)) {
            if (raw.isEmpty()) continue;
            var name = raw.replace("~1", "/").replace("~0", "~");
            boolean index = node.isArray();
            out.append(index ? "[" + name + "]" : "['" + name + "']");
            node = index ? node.path(Integer.parseInt(name)) : node.path(name);
        }
        return out.toString();
    }

    private static String last(String pointer) {
        return pointer.substring(pointer.lastIndexOf('/') + 1)
                .replace("~1", "/")
                .replace("~0", "~");
    }

    private static String reason(Failure failure, JsonNode schema, JsonNode value) {
        var want = schema.at(failure.schema());
        var fallback = failure.message();
        var shown = Python.repr(value);
        return switch (failure.keyword()) {
            case "type" ->
                shown + " is not of type "
                        + (want.isArray()
                                ? String.join(
                                        ", ",
                                        want.valueStream().map(Python::repr).toList())
                                : Python.repr(want));
            case "required" -> {
                for (var name : want)
                    if (value.get(name.stringValue()) == null) yield Python.repr(name) + " is a required property";
                yield fallback;
            }
            case "additionalProperties" -> additional(schema.at(parent(failure.schema())), value, fallback);
            case "minLength" -> shown + " is too short";
            case "maxLength" -> shown + " is too long";
            case "minItems" -> shown + " is too short";
            case "maxItems" -> shown + " is too long";
            case "minProperties" -> shown + " does not have enough properties";
            case "maxProperties" -> shown + " has too many properties";
            case "uniqueItems" -> shown + " has non-unique elements";
            case "pattern" -> shown + " does not match " + Python.repr(want);
            case "format" -> shown + " is not a " + Python.repr(want);
            case "minimum" -> shown + " is less than the minimum of " + Python.repr(want);
            case "maximum" -> shown + " is greater than the maximum of " + Python.repr(want);
            case "enum" -> shown + " is not one of " + Python.repr(want);
            case "anyOf", "oneOf" -> shown + " is not valid under any of the given schemas";
            case "not" -> shown + " is not allowed for " + Python.repr(want);
            default -> fallback;
        };
    }

    private static String additional(JsonNode schema, JsonNode value, String fallback) {
        for (var name : value.propertyNames()) {
            if (schema.path("properties").has(name)) continue;
            boolean matched = schema.path("patternProperties").propertyNames().stream()
                    .anyMatch(p ->
                            java.util.regex.Pattern.compile(p).matcher(name).find());
            if (!matched) return "Additional properties are not allowed ('" + name + "' was unexpected)";
        }
        return fallback;
    }

    private static String parent(String pointer) {
        int slash = pointer.lastIndexOf('/');
        return slash < 0 ? "" : pointer.substring(0, slash);
    }
}
