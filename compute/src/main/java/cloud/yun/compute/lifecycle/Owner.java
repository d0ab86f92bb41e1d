package cloud.yun.compute.lifecycle;

import cloud.yun.compute.server.Server;
import cloud.yun.kernel.auth.Caller;
import java.util.List;
import java.util.Optional;

/// Work that goes on after its request acts with the rights of the server's own project, no more.
final class Owner {
    private static final Caller.Domain NOWHERE = new Caller.Domain("", "");

    private Owner() {}

    static Caller of(Server server, String requestId) {
        return of(server.userId(), server.projectId(), requestId);
    }

    static Caller of(String projectId, String requestId) {
        return of("", projectId, requestId);
    }

    private static Caller of(String userId, String projectId, String requestId) {
        return new Caller(
                Optional.of(new Caller.User(userId, "", NOWHERE)),
                Optional.of(new Caller.Project(projectId, "", NOWHERE)),
                Optional.empty(),
                false,
                List.of(new Caller.Role("", "member"), new Caller.Role("", "reader")),
                Optional.empty(),
                requestId);
    }
}
