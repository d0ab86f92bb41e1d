package cloud.yun.objectstore.base;

import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import tools.jackson.databind.node.ObjectNode;

/// A page of names in the form that the client wants.
public final class ListReply {
    private ListReply() {}

    /// @param root name of XML's outermost element, whose `name` is `of`
    /// @param element name of XML's element for one entry
    /// @param fields of one entry that is not a folder, in their order
    public static <T> Reply of(
            ListFormat format,
            Map<String, String> headers,
            String root,
            String of,
            String element,
            List<Listing.Entry<T>> entries,
            Function<Listing.Entry<T>, ObjectNode> fields) {
        var all = new LinkedHashMap<>(headers);
        all.put("Content-Type", format.contentType());
        if (format == ListFormat.PLAIN && entries.isEmpty()) return new Reply(204, all, new Reply.Body.None());
        var text = switch (format) {
            case PLAIN -> plain(entries);
            case JSON -> json(entries, fields);
            case XML -> xml(root, of, element, entries, fields);
        };
        return new Reply(200, all, new Reply.Body.Text(text, format.contentType()));
    }

    private static <T> String plain(List<Listing.Entry<T>> entries) {
        var text = new StringBuilder();
        for (var entry : entries) text.append(entry.name()).append('\n');
        return text.toString();
    }

    private static <T> String json(List<Listing.Entry<T>> entries, Function<Listing.Entry<T>, ObjectNode> fields) {
        var list = Json.array();
        for (var entry : entries)
            list.add(entry.subdir() ? Json.object().put("subdir", entry.name()) : fields.apply(entry));
        return new String(Json.bytes(list), StandardCharsets.UTF_8);
    }

    private static <T> String xml(
            String root,
            String of,
            String element,
            List<Listing.Entry<T>> entries,
            Function<Listing.Entry<T>, ObjectNode> fields) {
        var text = new StringBuilder(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<" + root + " name=\"" + Wire.html(of) + "\">");
        for (var entry : entries) {
            if (entry.subdir()) {
                var name = Wire.html(entry.name());
                text.append("<subdir name=\"" + name + "\"><name>" + name + "</name></subdir>");
                continue;
            }
            text.append('<').append(element).append('>');
            for (var field : fields.apply(entry).properties())
                text.append('<' + field.getKey() + '>')
                        .append(Wire.html(field.getValue().asString("")))
                        .append("</" + field.getKey() + '>');
            text.append("</").append(element).append('>');
        }
        return text.append("</" + root + ">").toString();
    }
}
