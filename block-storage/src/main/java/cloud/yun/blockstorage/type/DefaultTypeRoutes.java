package cloud.yun.blockstorage.type;

import cloud.yun.blockstorage.query.Bodies;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// `/v3/default-types`, since 3.62: the type that a project's volumes get when nobody names one.
public final class DefaultTypeRoutes {
    private static final String ALL = "/v3/default-types";
    private static final String ONE = ALL + "/{project}";
    private static final String RULE = "volume_extension:default_";

    private final TypeService types;

    public DefaultTypeRoutes(TypeService types) {
        this.types = types;
    }

    public List<Route> routes() {
        return List.of(
                Route.get(ALL, onlyWithoutProject(_ -> list()))
                        .policy(RULE + "get_all")
                        .since("3.62"),
                Route.get(ONE, onlyWithoutProject(this::show))
                        .policy(RULE + "get")
                        .since("3.62"),
                Route.put(ONE, onlyWithoutProject(this::set))
                        .policy(RULE + "set_or_update")
                        .since("3.62")
                        .schema("schema/block-storage/default-type-set.json"),
                Route.delete(ONE, onlyWithoutProject(this::unset))
                        .policy(RULE + "unset")
                        .since("3.62"));
    }

    private Reply list() {
        var body = Json.object();
        var list = body.putArray("default_types");
        types.projectDefaults().forEach((project, type) -> list.add(shown(project, type)));
        return Reply.ok(body);
    }

    private Reply show(Request r) {
        var project = r.variable("project");
        return answer(project, types.projectDefault(project));
    }

    private Reply set(Request r) {
        var project = r.variable("project");
        var wanted = Bodies.text(r.object("default_type"), "volume_type").orElse("");
        return answer(project, types.setProjectDefault(r.caller(), project, wanted));
    }

    private Reply unset(Request r) {
        types.unsetProjectDefault(r.variable("project"));
        return Reply.noContent();
    }

    /// The one resource of Cinder that is not below a project's path, because it speaks of any project: there it does
    /// not exist, and its router says so.
    private static Route.Handler onlyWithoutProject(Route.Handler handler) {
        return r -> r.path().startsWith(ALL)
                ? handler.handle(r)
                : Reply.json(
                        404,
                        Json.object()
                                .put("message", "The resource could not be found.<br /><br />\n\n\n")
                                .put("code", "404 Not Found")
                                .put("title", "Not Found"));
    }

    private static Reply answer(String project, String type) {
        return Reply.ok(Json.object().set("default_type", shown(project, type)));
    }

    private static ObjectNode shown(String project, String type) {
        return Json.object().put("project_id", project).put("volume_type_id", type);
    }
}
