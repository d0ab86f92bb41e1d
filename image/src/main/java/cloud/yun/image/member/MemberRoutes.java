package cloud.yun.image.member;

import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.json.Times;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// Members over HTTP.
///
/// @see <a href="https://docs.openstack.org/api-ref/image/v2/#sharing">Sharing</a>
public final class MemberRoutes {
    private final MemberService service;

    public MemberRoutes(MemberService service) {
        this.service = service;
    }

    public List<Route> routes() {
        var one = "/v2/images/{image_id}/members/{member_id}";
        return List.of(
                Route.get("/v2/images/{image_id}/members", this::list).policyOnObject("get_members"),
                Route.post("/v2/images/{image_id}/members", this::create).policyOnObject("add_member"),
                Route.get(one, this::show).policyOnObject("get_member"),
                Route.put(one, this::update).policyOnObject("modify_member"),
                Route.delete(one, this::delete).policyOnObject("delete_member"));
    }

    private Reply list(Request request) {
        var out = Json.object();
        var array = out.putArray("members");
        service.list(request.caller(), request.variable("image_id")).forEach(m -> array.add(view(m)));
        return Reply.ok(out.put("schema", "/v2/schemas/members"));
    }

    private Reply create(Request request) {
        var member = text(request, "member", "Member to be added not specified");
        if (member.isEmpty()) throw new Invalid("Member can't be empty");
        return Reply.ok(view(service.create(request.caller(), request.variable("image_id"), member)));
    }

    private Reply show(Request request) {
        return Reply.ok(
                view(service.show(request.caller(), request.variable("image_id"), request.variable("member_id"))));
    }

    private Reply update(Request request) {
        var status = text(request, "status", "Status not specified");
        return Reply.ok(view(
                service.answer(request.caller(), request.variable("image_id"), request.variable("member_id"), status)));
    }

    private Reply delete(Request request) {
        service.delete(request.caller(), request.variable("image_id"), request.variable("member_id"));
        return Reply.noContent();
    }

    private static String text(Request request, String field, String otherwise) {
        if (request.body().isMissingNode()) throw new Invalid("Body expected in request.");
        if (!request.body().isObject()) throw new Invalid("Expected a status in the form of a dictionary");
        var value = request.body().path(field);
        if (!value.isString()) throw new Invalid(otherwise);
        return value.stringValue();
    }

    private static ObjectNode view(Member m) {
        return Json.object()
                .put("member_id", m.memberId())
                .put("image_id", m.imageId())
                .put("status", m.status())
                .put("created_at", Times.seconds(m.createdAt()))
                .put("updated_at", Times.seconds(m.updatedAt()))
                .put("schema", "/v2/schemas/member");
    }
}
