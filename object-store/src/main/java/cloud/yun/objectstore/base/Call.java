package cloud.yun.objectstore.base;

import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.http.Request;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// One request of Swift's API, on its way through the room.
///
/// @param headers by names in lower case, values decoded
/// @param stamp when it began: the time of what it writes
/// @param signed what a signature in the request opens, beside what the caller's token does
public record Call(Request request, SwiftPath path, Map<String, String> headers, Stamp stamp, Optional<Signed> signed) {
    /// @param container empty: the whole account
    public record Signed(String account, Optional<String> container) {
        public boolean opens(SwiftPath path) {
            return path.account().equals(account) && (container.isEmpty() || container.equals(path.container()));
        }
    }

    public static Call of(Request request, SwiftPath path, Stamp stamp) {
        var headers = new LinkedHashMap<String, String>();
        // As CGI has it, on which Swift stands: an underscore in a header's name is a hyphen.
        request.headers().forEach((name, value) -> headers.put(name.replace('_', '-'), Wire.decode(value)));
        return new Call(request, path, headers, stamp, Optional.empty());
    }

    public Call with(Signed scope) {
        return new Call(request, path, headers, stamp, Optional.of(scope));
    }

    public Call at(SwiftPath other) {
        return new Call(request, other, headers, stamp, signed);
    }

    public Call withHeaders(Map<String, String> others) {
        return new Call(request, path, Map.copyOf(others), stamp, signed);
    }

    public Caller caller() {
        return request.caller();
    }

    public String method() {
        return request.method();
    }

    public boolean reads() {
        return method().equals("GET") || method().equals("HEAD");
    }

    /// @param name in lower case
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }

    public boolean truth(String name) {
        return header(name).map(Wire::truth).orElse(false);
    }

    public Optional<String> query(String name) {
        return request.query(name);
    }

    public boolean asks(String name) {
        return request.query().containsKey(name);
    }

    public InputStream body() {
        return request.stream();
    }
}
