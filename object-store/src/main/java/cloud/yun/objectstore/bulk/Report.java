package cloud.yun.objectstore.bulk;

import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.json.Json;
import cloud.yun.objectstore.base.Call;
import cloud.yun.objectstore.base.ListFormat;
import cloud.yun.objectstore.base.Wire;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What became of each part of a bulk request. The answer itself is 200 as soon as the request was understood.
final class Report {
    private final Map<String, Long> counts = new LinkedHashMap<>();
    private final List<List<String>> errors = new ArrayList<>();
    private String status;
    private String body = "";

    /// @param status of the whole while nothing went wrong, for example `200 OK`
    Report(String status, String... counted) {
        this.status = status;
        for (var name : counted) counts.put(name, 0L);
    }

    void count(String name) {
        counts.merge(name, 1L, Long::sum);
    }

    long counted(String name) {
        return counts.getOrDefault(name, 0L);
    }

    void error(String path, String what) {
        errors.add(List.of(Wire.quote(path), what));
        status = "400 Bad Request";
    }

    void failed(String newStatus, String why) {
        status = newStatus;
        body = why;
    }

    int errors() {
        return errors.size();
    }

    /// @param kind `delete` or `extract`: XML's outermost element
    Reply reply(Call call, String kind) {
        var format = ListFormat.of(call);
        var headers = Map.of("Content-Type", format.contentType());
        var text = switch (format) {
            case JSON -> json();
            case XML -> xml(kind);
            case PLAIN -> plain();
        };
        return new Reply(200, headers, new Reply.Body.Text(text, format.contentType()));
    }

    private String json() {
        var node = Json.object();
        counts.forEach(node::put);
        node.put("Response Status", status).put("Response Body", body);
        var list = node.putArray("Errors");
        errors.forEach(e -> list.addArray().add(e.get(0)).add(e.get(1)));
        return Json.text(node);
    }

    private String plain() {
        var text = new StringBuilder();
        counts.forEach((name, n) -> text.append(name).append(": ").append(n).append('\n'));
        text.append("Response Body: ").append(body).append('\n');
        text.append("Response Status: ").append(status).append('\n');
        text.append("Errors:\n");
        errors.forEach(e -> text.append(e.get(0)).append(", ").append(e.get(1)).append('\n'));
        return text.toString();
    }

    private String xml(String kind) {
        var text = new StringBuilder("<" + kind + ">\n");
        counts.forEach((name, n) -> tag(text, name, Long.toString(n)));
        tag(text, "response_body", body);
        tag(text, "response_status", status);
        text.append("<errors>\n");
        errors.forEach(e -> text.append("<object><name>" + Wire.html(e.get(0)) + "</name><status>" + Wire.html(e.get(1))
                + "</status></object>\n"));
        return text.append("</errors>\n</" + kind + ">\n").toString();
    }

    private static void tag(StringBuilder text, String name, String value) {
        var tag = name.toLowerCase(java.util.Locale.ROOT).replace(' ', '_');
        text.append("<" + tag + ">" + Wire.html(value) + "</" + tag + ">\n");
    }

    /// `404 Not Found`.
    static String status(Reply reply) {
        return switch (reply.status()) {
            case 401 -> "401 Unauthorized";
            case 403 -> "403 Forbidden";
            case 404 -> "404 Not Found";
            case 409 -> "409 Conflict";
            case 412 -> "412 Precondition Failed";
            case 413 -> "413 Request Entity Too Large";
            case 507 -> "507 Insufficient Storage";
            default -> reply.status() + (reply.status() / 100 == 4 ? " Bad Request" : " Internal Error");
        };
    }
}
