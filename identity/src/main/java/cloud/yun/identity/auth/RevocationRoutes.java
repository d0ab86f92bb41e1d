package cloud.yun.identity.auth;

import cloud.yun.identity.base.Expiry;
import cloud.yun.identity.token.Tokens;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.json.Times;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;

/// `/v3/OS-REVOKE/events`: which tokens were taken back.
public final class RevocationRoutes {
    private final Tokens tokens;

    public RevocationRoutes(Tokens tokens) {
        this.tokens = tokens;
    }

    public List<Route> routes() {
        return List.of(Route.get("/v3/OS-REVOKE/events", this::events).policy("identity:list_revoke_events"));
    }

    private Reply events(Request request) {
        var since = request.query("since").filter(s -> !s.isEmpty()).map(RevocationRoutes::time);
        var body = Json.object();
        var events = body.putArray("events");
        for (var found : tokens.revocations(since)) {
            var event = events.addObject();
            found.userId().ifPresent(id -> event.put("user_id", id));
            found.domainId().ifPresent(id -> event.put("domain_id", id));
            found.projectId().ifPresent(id -> event.put("project_id", id));
            found.auditId().ifPresent(id -> event.put("audit_id", id));
            found.auditChainId().ifPresent(id -> event.put("audit_chain_id", id));
            event.put("issued_before", Times.micros(found.issuedBefore()))
                    .put("revoked_at", Times.micros(found.revokedAt()));
        }
        var links = body.putObject("links");
        links.putNull("next")
                .put("self", request.url() + "/v3/OS-REVOKE/events")
                .putNull("previous");
        return Reply.ok(body);
    }

    private static Instant time(String text) {
        try {
            return Expiry.instant(text);
        } catch (DateTimeException e) {
            throw new Invalid("invalidate date format " + text);
        }
    }
}
