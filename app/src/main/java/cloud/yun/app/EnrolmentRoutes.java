package cloud.yun.app;

import cloud.yun.identity.Enrolment;
import cloud.yun.identity.Enrolment.Part;
import cloud.yun.identity.Enrolment.Wanted;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `POST /yun/v1/enrolments`: a project, its users and their roles in one call.
final class EnrolmentRoutes {
    private static final List<String> ORDINARY = List.of("member");

    private final Enrolment enrolment;

    EnrolmentRoutes(Enrolment enrolment) {
        this.enrolment = enrolment;
    }

    static Map<String, String> rules() {
        return Map.of("yun:enrol", "role:admin");
    }

    List<Route> routes() {
        return List.of(
                Route.post("/v1/enrolments", this::enrol).policy("yun:enrol").schema("schema/yun/enrolment.json"));
    }

    private Reply enrol(Request request) {
        var body = request.object("enrolment");
        var wanted = new ArrayList<Wanted>();
        for (var user : body.get("users")) wanted.add(wanted((ObjectNode) user));
        var enrolled = enrolment.enrol(request.caller(), (ObjectNode) body.get("project"), wanted);
        var node = Json.object();
        node.set("project", view(enrolled.project()));
        var users = node.putArray("users");
        for (var member : enrolled.members()) {
            var user = view(member.user());
            var roles = user.putArray("roles");
            member.roles().forEach(r -> roles.add(view(r)));
            users.add(user);
        }
        var answer = Json.object();
        answer.set("enrolment", node);
        return Reply.ok(answer);
    }

    private static Wanted wanted(ObjectNode user) {
        var roles = user.path("roles").valueStream().map(JsonNode::asString).toList();
        var rest = user.deepCopy();
        rest.remove("roles");
        return new Wanted(rest, roles.isEmpty() ? ORDINARY : roles);
    }

    private static ObjectNode view(Part part) {
        return Json.object().put("id", part.id()).put("name", part.name()).put("made", part.made());
    }
}
