package cloud.yun.kernel.http;

import cloud.yun.kernel.http.ApiService.Microversions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Finds the microversion that a request asks for.
///
/// @see <a
/// href="https://specs.openstack.org/openstack/api-sig/guidelines/microversion_specification.html">Microversions</a>
final class Negotiation {
    sealed interface Result {
        record None() implements Result {}

        record Agreed(Microversion version) implements Result {}

        /// @param asked empty when it could not be read at all
        record Failed(int status, String message, Optional<Microversion> asked) implements Result {}
    }

    private Negotiation() {}

    static Result of(ApiService service, Exchange exchange) {
        if (service.microversions().isEmpty()) return new Result.None();
        var range = service.microversions().get();
        if (!covers(range, exchange.path())) return new Result.None();
        var asked = asked(range, exchange);
        if (asked.isEmpty()) return new Result.Agreed(range.min());
        if (asked.get().equals("latest")) return new Result.Agreed(range.max());
        var version = Microversion.parse(asked.get());
        if (version.isEmpty()) return new Result.Failed(400, malformed(service, asked.get()), Optional.empty());
        if (version.get().compareTo(range.min()) < 0 || version.get().compareTo(range.max()) > 0)
            return new Result.Failed(406, outside(service, range, version.get()), version);
        return new Result.Agreed(version.get());
    }

    private static boolean covers(Microversions range, String path) {
        return range.prefixes().isEmpty()
                || range.prefixes().stream().anyMatch(p -> path.equals(p) || path.startsWith(p + "/"));
    }

    private static Optional<String> asked(Microversions range, Exchange exchange) {
        var header = exchange.header("OpenStack-API-Version");
        if (header.isPresent())
            for (var item : header.get().split(",", -1)) {
                var words = item.strip().split("\\s+", 2);
                if (words.length == 2 && words[0].equalsIgnoreCase(range.header())) return Optional.of(words[1]);
            }
        return range.legacyHeader().flatMap(exchange::header).map(String::strip);
    }

    private static String malformed(ApiService service, String asked) {
        if (service.dialect() == FaultDialect.PLACEMENT)
            return "Invalid microversion: invalid version string: " + asked;
        return "API Version String " + asked + " is of invalid format. Must be of format MajorNum.MinorNum.";
    }

    private static String outside(ApiService service, Microversions range, Microversion version) {
        if (service.dialect() == FaultDialect.PLACEMENT) return "Unacceptable version header: " + version;
        return "Version " + version + " is not supported by the API. Minimum is " + range.min() + " and maximum is "
                + range.max() + ".";
    }

    /// What every answer says about versions.
    static Map<String, String> headers(ApiService service, Optional<Microversion> version) {
        if (service.microversions().isEmpty() || version.isEmpty()) return Map.of();
        var range = service.microversions().get();
        var headers = new LinkedHashMap<String, String>();
        headers.put("OpenStack-API-Version", range.header() + " " + version.get());
        range.legacyHeader().ifPresent(h -> headers.put(h, version.get().toString()));
        headers.put(
                "Vary",
                range.legacyHeader().map(h -> "OpenStack-API-Version, " + h).orElse("OpenStack-API-Version"));
        return headers;
    }
}
