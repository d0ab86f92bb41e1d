package cloud.yun.identity.credential;

import cloud.yun.kernel.json.Json;
import tools.jackson.databind.node.ObjectNode;

/// One call that an application credential is kept to.
///
/// @param service type of the service, for example `compute`
/// @param path pattern: `*` and `{name}` stand for one segment, `**` for any number
/// @param method for example `GET`
public record AccessRule(String id, String service, String path, String method) {
    public ObjectNode view() {
        return Json.object()
                .put("id", id)
                .put("service", service)
                .put("path", path)
                .put("method", method);
    }
}
