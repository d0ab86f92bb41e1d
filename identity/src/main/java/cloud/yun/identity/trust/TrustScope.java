package cloud.yun.identity.trust;

import cloud.yun.identity.auth.Authentication;
import cloud.yun.identity.auth.Proven;
import cloud.yun.identity.auth.ScopeKind;
import cloud.yun.identity.base.Words;
import cloud.yun.identity.project.Project;
import cloud.yun.identity.project.ProjectStore;
import cloud.yun.identity.token.Delegation;
import cloud.yun.identity.token.Scope;
import cloud.yun.identity.token.ValidToken;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Forbidden;
import cloud.yun.kernel.error.CloudException.NotFound;
import java.time.Clock;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// `OS-TRUST:trust` in the scope of a request for a token. Each token counts as one use of the trust.
public final class TrustScope implements ScopeKind {
    private final Database db;
    private final Clock clock;

    public TrustScope(Database db, Clock clock) {
        this.db = db;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "OS-TRUST:trust";
    }

    /// @throws Forbidden the user is not the trustee, or the trustor can no longer give what the trust says
    @Override
    public Proven choose(JsonNode value, Proven who) {
        var id = value.path("id").asString("");
        if (id.isEmpty()) throw Words.expecting("trust_id", "trust");
        return db.read(tx -> {
            var chain = chain(tx, id);
            var trust = chain.trust();
            var project = trust.projectId()
                    .flatMap(new ProjectStore(tx)::find)
                    .filter(Project::enabled)
                    .orElseThrow(() -> Authentication.refused("no project of the trust that is enabled"));
            if (!trust.trusteeId().equals(who.user().id())
                    || TrustRule.enabledTrustor(tx, trust).isEmpty()
                    || chain.roles(tx, project).isEmpty()) throw Words.forbidden();
            return who.on(new Delegation.Trust(id), Optional.of(new Scope.Project(project.id())), trust.expiresAt());
        });
    }

    private TrustChain chain(Tx tx, String id) {
        try {
            return TrustChain.usable(tx, id, clock.instant());
        } catch (NotFound e) {
            throw Authentication.refused(e.userMessage());
        }
    }

    @Override
    public void issued(ValidToken token) {
        if (!(token.payload().delegation() instanceof Delegation.Trust trust)) return;
        if (!db.transaction(tx -> new TrustStore(tx).consume(trust.id())))
            throw new Forbidden("No remaining uses for trust: " + trust.id() + ".");
    }
}
