package cloud.yun.kernel.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One line of a route table: data, from which dispatch, 404/405, policy, validation and documents all come.
///
/// @param path with `{variables}`, below the service's mount, for example `/v2.1/servers/{server_id}`; a last
///     variable written `{name*}` takes the rest of the path
/// @param rule the policy rule; empty only for [Access#OPEN] and for what every token may do
/// @param access who enforces the rule and when
/// @param from first microversion that has the route; empty: from the beginning
/// @param to last microversion that has it; empty: to the end
/// @param schemas body schemas by microversion
/// @param action for `POST .../action`: the key of the body that selects this route
/// @param streaming the handler reads the body itself
public record Route(
        String method,
        String path,
        Handler handler,
        Optional<String> rule,
        Access access,
        Optional<Microversion> from,
        Optional<Microversion> to,
        List<Schema> schemas,
        Optional<String> action,
        boolean streaming) {
    @FunctionalInterface
    public interface Handler {
        Reply handle(Request request);
    }

    public enum Access {
        /// No token needed: discovery, login.
        OPEN,
        /// The rule must hold on the caller's own project before the handler runs.
        BEFORE,
        /// The service enforces the rule on the object itself; the route only names it.
        ON_OBJECT
    }

    /// @param resource JSON Schema on the class path, for example `schema/compute/server-create-2.1.json`
    public record Schema(String resource, Optional<Microversion> from, Optional<Microversion> to) {}

    public static Route get(String path, Handler handler) {
        return of("GET", path, handler);
    }

    public static Route post(String path, Handler handler) {
        return of("POST", path, handler);
    }

    public static Route put(String path, Handler handler) {
        return of("PUT", path, handler);
    }

    public static Route patch(String path, Handler handler) {
        return of("PATCH", path, handler);
    }

    public static Route delete(String path, Handler handler) {
        return of("DELETE", path, handler);
    }

    public static Route head(String path, Handler handler) {
        return of("HEAD", path, handler);
    }

    public static Route of(String method, String path, Handler handler) {
        return new Route(
                method,
                path,
                handler,
                Optional.empty(),
                Access.BEFORE,
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                false);
    }

    /// `POST .../action` with a body of `{"name": ...}`.
    public static Route action(String path, String name, Handler handler) {
        return new Route(
                "POST",
                path,
                handler,
                Optional.empty(),
                Access.BEFORE,
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Optional.of(name),
                false);
    }

    /// The rule must hold on the caller's own project before the handler runs.
    public Route policy(String name) {
        return copy(Optional.of(name), Access.BEFORE, from, to, schemas, streaming);
    }

    /// The service enforces `name` on the object; here it is only said, for the documents and the policy test.
    public Route policyOnObject(String name) {
        return copy(Optional.of(name), Access.ON_OBJECT, from, to, schemas, streaming);
    }

    /// No token needed.
    public Route open() {
        return copy(rule, Access.OPEN, from, to, schemas, streaming);
    }

    public Route since(String version) {
        return copy(rule, access, Optional.of(Microversion.of(version)), to, schemas, streaming);
    }

    /// @param version the last microversion that has this route
    public Route until(String version) {
        return copy(rule, access, from, Optional.of(Microversion.of(version)), schemas, streaming);
    }

    public Route schema(String resource) {
        return schema(new Schema(resource, Optional.empty(), Optional.empty()));
    }

    /// @param first first microversion with this schema; later calls with later versions end the earlier ones
    public Route schema(String resource, String first) {
        return schema(new Schema(resource, Optional.of(Microversion.of(first)), Optional.empty()));
    }

    private Route schema(Schema schema) {
        var all = new ArrayList<>(schemas);
        all.add(schema);
        return copy(rule, access, from, to, List.copyOf(all), streaming);
    }

    public Route stream() {
        return copy(rule, access, from, to, schemas, true);
    }

    /// The same route; `first` sees each request before the handler does, and may refuse it by an exception.
    public Route before(java.util.function.Consumer<Request> first) {
        Handler both = request -> {
            first.accept(request);
            return handler.handle(request);
        };
        return new Route(method, path, both, rule, access, from, to, schemas, action, streaming);
    }

    boolean serves(Optional<Microversion> version) {
        if (version.isEmpty()) return true;
        return from.map(f -> version.get().compareTo(f) >= 0).orElse(true)
                && to.map(t -> version.get().compareTo(t) <= 0).orElse(true);
    }

    /// @return the newest schema that had begun at `version`
    Optional<Schema> schemaFor(Optional<Microversion> version) {
        Optional<Schema> found = Optional.empty();
        for (var schema : schemas)
            if (version.isEmpty()
                    || schema.from().map(f -> version.get().compareTo(f) >= 0).orElse(true))
                found = Optional.of(schema);
        return found;
    }

    private Route copy(
            Optional<String> newRule,
            Access newAccess,
            Optional<Microversion> newFrom,
            Optional<Microversion> newTo,
            List<Schema> newSchemas,
            boolean newStreaming) {
        return new Route(method, path, handler, newRule, newAccess, newFrom, newTo, newSchemas, action, newStreaming);
    }
}
