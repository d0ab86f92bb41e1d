package cloud.yun.identity.catalog;

import cloud.yun.identity.base.Epoch;
import cloud.yun.identity.base.Filters;
import cloud.yun.identity.catalog.CatalogStore.Endpoint;
import cloud.yun.identity.catalog.CatalogStore.Service;
import cloud.yun.identity.endpointfilter.EndpointFilterStore;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.json.Json;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;

/// The catalog that a token carries. Remembered for as long as the epoch lasts.
public final class Catalog {
    private static final Pattern VARIABLE = Pattern.compile("[$%]\\((\\w+)\\)s");

    private record Entry(Service service, List<Endpoint> endpoints) {}

    /// @param filtered whether any project has an endpoint filter
    private record Read(long epoch, List<Entry> entries, boolean filtered) {}

    private final Database db;
    private final Epoch epoch;
    private final boolean allWithoutFilter;
    private volatile @Nullable Read read;

    /// @param allWithoutFilter whether a project without endpoint filters sees all endpoints, or none
    public Catalog(Database db, Epoch epoch, boolean allWithoutFilter) {
        this.db = db;
        this.epoch = epoch;
        this.allWithoutFilter = allWithoutFilter;
    }

    /// @param projectId for the variables in the URLs; without it, endpoints that need it are left out
    public ArrayNode of(Optional<String> projectId, String userId) {
        var catalog = Json.array();
        var read = entries();
        var visible = read.filtered() ? projectId.map(this::visible).orElse(Set.of()) : Set.<String>of();
        if (visible.isEmpty() && !allWithoutFilter) return catalog;
        for (var entry : read.entries()) {
            if (!visible.isEmpty() && entry.endpoints().stream().noneMatch(e -> visible.contains(e.id()))) continue;
            var service = catalog.addObject();
            var endpoints = service.putArray("endpoints");
            for (var endpoint : entry.endpoints()) {
                if (!visible.isEmpty() && !visible.contains(endpoint.id())) continue;
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
            }
            service.put("id", entry.service().id())
                    .put("type", entry.service().type())
                    .put("name", entry.service().name());
        }
        return catalog;
    }

    private Set<String> visible(String projectId) {
        return db.read(tx -> new EndpointFilterStore(tx)
                .endpointsOfProject(projectId).stream().map(Endpoint::id).collect(Collectors.toSet()));
    }

    private Read entries() {
        long now = epoch.now();
        var known = read;
        if (known != null && known.epoch() == now) return known;
        var next = db.read(tx -> {
            var store = new CatalogStore(tx);
            var endpoints = store.endpoints(Filters.none()).stream()
                    .filter(Endpoint::enabled)
                    .collect(Collectors.groupingBy(Endpoint::serviceId));
            var entries = store.services(Optional.empty()).stream()
                    .filter(Service::enabled)
                    .map(s -> new Entry(s, endpoints.getOrDefault(s.id(), List.of())))
                    .toList();
            return new Read(now, entries, new EndpointFilterStore(tx).any());
        });
        read = next;
        return next;
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
