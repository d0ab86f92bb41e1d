package cloud.yun.identity.endpointpolicy;

import cloud.yun.identity.base.Links;
import cloud.yun.kernel.http.Request;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// @param type media type of the blob, for example `application/json`
/// @param blob the rules, as they were given
record PolicyDocument(String id, String type, String blob, ObjectNode extra) {
    /// Of what a policy is: an endpoint, a service, or a service in a region.
    record Association(Optional<String> endpointId, Optional<String> serviceId, Optional<String> regionId) {
        static Association ofEndpoint(String id) {
            return new Association(Optional.of(id), Optional.empty(), Optional.empty());
        }

        static Association ofService(String id) {
            return new Association(Optional.empty(), Optional.of(id), Optional.empty());
        }

        static Association ofServiceIn(String id, String regionId) {
            return new Association(Optional.empty(), Optional.of(id), Optional.of(regionId));
        }
    }

    ObjectNode view(Request request) {
        var node = extra.deepCopy();
        node.put("id", id).put("blob", blob).put("type", type);
        return Links.self(request, "policies", id, node);
    }
}
