package cloud.yun.identity.catalog;

import cloud.yun.identity.base.Epoch;
import cloud.yun.identity.base.Filters;
import cloud.yun.identity.catalog.CatalogStore.Endpoint;
import cloud.yun.identity.catalog.CatalogStore.Service;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.json.Json;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;

/// The catalog that a token carries. Remembered for as long as the epoch lasts.
public final class Catalog {
    private static final Pattern VARIABLE = Pattern.compile("[$%]\\((\\w+)\\)s");

    private record Entry(Service service, List<Endpoint> endpoints) {}

    private record Read(long epoch, List<Entry> entries) {}

    private final Database db;
    private final Epoch epoch;
    private volatile @Nullable Read read;

    public Catalog(Database db, Epoch epoch) {
        this.db = db;
        this.epoch = epoch;
    }

    /// @param projectId for the variables in the URLs; without it, endpoints that need it are left out
    public ArrayNode of(Optional<String> projectId, String userId) {
        var catalog = Json.array();
        for (var entry : entries()) {
            var service = catalog.addObject();
            var endpoints = service.putArray("endpoints");
            for (var endpoint : entry.endpoints())
                url(endpoint.url(), projectId, userId).ifPresent(url -> {
                    var region = endpoint.regionId().orElse(null);
                    endpoints
                            .addObject()
                            .put("id", endpoint.id())
                            .put("interface", endpoint.endpointInterface())
                            .put("region_id", region)
                            .put("url", url)
                            .put("region", region);
                });
            service.put("id", entry.service().id())
                    .put("type", entry.service().type())
                    .put("name", entry.service().name());
        }
        return catalog;
    }

    private List<Entry> entries() {
        long now = epoch.now();
        var known = read;
        if (known != null && known.epoch() == now) return known.entries();
        var entries = db.read(tx -> {
            var store = new CatalogStore(tx);
            var endpoints = store.endpoints(Filters.none()).stream()
                    .filter(Endpoint::enabled)
                    .collect(Collectors.groupingBy(Endpoint::serviceId));
            return store.services(Optional.empty()).stream()
                    .filter(Service::enabled)
                    .map(s -> new Entry(s, endpoints.getOrDefault(s.id(), List.of())))
                    .toList();
        });
        read = new Read(now, entries);
        return entries;
    }

    /// @return empty when a variable has no value for this token, or is none that Keystone knows
    private static Optional<String> url(String template, Optional<String> projectId, String userId) {
        var matcher = VARIABLE.matcher(template);
        var url = new StringBuilder();
        while (matcher.find()) {
            var value = switch (matcher.group(1)) {
                case "project_id", "tenant_id" -> projectId;
                case "user_id" -> Optional.of(userId);
                default -> Optional.<String>empty();
            };
            if (value.isEmpty()) return Optional.empty();
            matcher.appendReplacement(url, Matcher.quoteReplacement(value.get()));
        }
        return Optional.of(matcher.appendTail(url).toString());
    }
}
