package cloud.yun.kernel.http;

import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.error.CloudException.Invalid;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a handler is given.
///
/// @param url address of the service as the client named it, without a slash at the end, for `links` and `Location`
/// @param path the path below the service's mount as the client sent it
/// @param variables decoded values of the route's `{variables}`
/// @param query decoded query parameters, each with all its values, in order
/// @param headers names in lower case
/// @param version the negotiated microversion, if the service has them
/// @param body the JSON body; a missing node when there is none or when the route streams
/// @param stream the raw body of a streaming route
public record Request(
        Caller caller,
        String method,
        String url,
        String path,
        Map<String, String> variables,
        Map<String, List<String>> query,
        Map<String, String> headers,
        Optional<Microversion> version,
        JsonNode body,
        InputStream stream) {
    /// Among the headers, under a name that no client can send.
    static final String REMOTE_ADDRESS = ":remote-address";

    /// @return the address from which the request came; empty in tests that have none
    public Optional<String> remoteAddress() {
        return Optional.ofNullable(headers.get(REMOTE_ADDRESS));
    }

    public String variable(String name) {
        var value = variables.get(name);
        if (value == null) throw new IllegalArgumentException("the route has no {" + name + "}");
        return value;
    }

    public Optional<String> query(String name) {
        var values = query.get(name);
        return values == null || values.isEmpty() ? Optional.empty() : Optional.of(values.getFirst());
    }

    public List<String> queryAll(String name) {
        return query.getOrDefault(name, List.of());
    }

    /// @param name in any case
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name.toLowerCase(java.util.Locale.ROOT)));
    }

    /// @throws IllegalStateException the service has no microversions
    public Microversion microversion() {
        return version.orElseThrow(() -> new IllegalStateException("no microversions here"));
    }

    /// @return the object under `key` of the body, for example `server`
    /// @throws Invalid there is none
    public ObjectNode object(String key) {
        if (body.get(key) instanceof ObjectNode object) return object;
        throw new Invalid("Invalid input for field/attribute " + key + ". '" + key + "' is a required property");
    }
}
