package cloud.yun.image.image;

import cloud.yun.kernel.db.Select.Sort;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.http.Request;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The query string of a list of images.
final class ImageListRequest {
    private static final Map<String, String> SORTS = sorts();
    private static final Set<String> PAGING = Set.of("limit", "marker", "sort", "sort_key", "sort_dir");

    private final Request request;

    ImageListRequest(Request request) {
        this.request = request;
    }

    private static Map<String, String> sorts() {
        var all = new LinkedHashMap<String, String>();
        all.put("name", "COALESCE(i.name, '')");
        all.put("status", "i.status");
        all.put("container_format", "COALESCE(i.container_format, '')");
        all.put("disk_format", "COALESCE(i.disk_format, '')");
        all.put("size", "COALESCE(i.size, -1)");
        all.put("id", "i.id");
        all.put("created_at", "i.created_at");
        all.put("updated_at", "i.updated_at");
        return all;
    }

    /// @throws Invalid a parameter has no meaning
    ImageQuery query(ImageService.Limits limits) {
        var filters = new LinkedHashMap<>(request.query());
        filters.keySet().removeAll(PAGING);
        return new ImageQuery(new ImageFilters(filters), sortKeys(), request.query("marker"), limit(limits));
    }

    private int limit(ImageService.Limits limits) {
        var text = request.query("limit");
        if (text.isEmpty()) return Math.min(limits.listStandard(), limits.listMax());
        try {
            long asked = Long.parseLong(text.get());
            if (asked < 0) throw new Invalid("limit param must be positive");
            return (int) Math.min(asked, limits.listMax());
        } catch (NumberFormatException e) {
            throw new Invalid("limit param must be an integer");
        }
    }

    private List<Sort> sortKeys() {
        var keys = new ArrayList<String>();
        var directions = new ArrayList<String>();
        var sort = request.query("sort");
        if (sort.isPresent()) {
            if (!request.queryAll("sort_key").isEmpty()
                    || !request.queryAll("sort_dir").isEmpty())
                throw new Invalid("Old and new sorting syntax cannot be combined");
            for (var item : sort.get().split(",", -1)) {
                var words = item.strip().split(":", 2);
                keys.add(words[0].strip());
                directions.add(words.length == 2 ? words[1].strip() : "desc");
            }
        } else {
            keys.addAll(request.queryAll("sort_key"));
            directions.addAll(request.queryAll("sort_dir"));
            if (keys.isEmpty()) keys.add("created_at");
            if (directions.size() > 1 && directions.size() != keys.size())
                throw new Invalid("Number of sort dirs does not match the number of sort keys");
            while (directions.size() < keys.size())
                directions.add(directions.isEmpty() ? "desc" : directions.getFirst());
        }
        return sorts(keys, directions);
    }

    /// The time of creation and the id come last, so that equal images have an order too.
    private static List<Sort> sorts(List<String> keys, List<String> directions) {
        var found = new ArrayList<Sort>();
        for (int i = 0; i < keys.size(); i++) {
            var expression = SORTS.get(keys.get(i));
            if (expression == null)
                throw new Invalid("Invalid sort key: " + keys.get(i) + ". It must be one of the following: "
                        + String.join(", ", SORTS.keySet()) + ".");
            var direction = directions.get(i);
            if (!direction.equals("asc") && !direction.equals("desc"))
                throw new Invalid("Invalid sort direction: " + direction);
            found.add(new Sort(expression, direction.equals("asc")));
        }
        boolean ascending = found.getLast().ascending();
        for (var last : List.of("i.created_at", "i.id"))
            if (found.stream().noneMatch(s -> s.expression().equals(last))) found.add(new Sort(last, ascending));
        return found;
    }

    /// @return the path of this list from its start, or behind `marker`
    String link(Optional<String> marker) {
        var query = new ArrayList<String>();
        request.query().forEach((name, values) -> {
            if (!name.equals("marker")) values.forEach(v -> query.add(name + "=" + encode(v)));
        });
        marker.ifPresent(m -> query.add("marker=" + encode(m)));
        return "/v2/images" + (query.isEmpty() ? "" : "?" + String.join("&", query));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
