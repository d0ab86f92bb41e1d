package cloud.yun.network.api;

import cloud.yun.kernel.auth.Caller;
import cloud.yun.network.api.Shape.Draft;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// What can be done to one kind of resource. Answers are whole objects as an admin sees them; [View] takes away
/// what the caller may not see.
public interface Crud {
    Shape shape();

    /// All or none.
    List<ObjectNode> create(Caller caller, List<Draft> drafts);

    ObjectNode show(Caller caller, String id);

    List<ObjectNode> list(Caller caller, ListQuery query);

    /// @param revision what the client saw, if it said so
    /// @throws cloud.yun.kernel.error.CloudException.Refused 412, it is another by now
    ObjectNode update(Caller caller, String id, ObjectNode changes, Optional<Long> revision);

    void delete(Caller caller, String id, Optional<Long> revision);
}
