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
        return new Caller(
                Optional.of(new Caller.User(server.userId(), "", NOWHERE)),
                Optional.of(new Caller.Project(server.projectId(), "", NOWHERE)),
                Optional.empty(),
                false,
                List.of(new Caller.Role("", "member"), new Caller.Role("", "reader")),
                Optional.empty(),
                requestId);
    }
}
