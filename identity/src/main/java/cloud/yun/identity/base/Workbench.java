package cloud.yun.identity.base;

import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Forbidden;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.policy.Policy;
import cloud.yun.kernel.policy.Target;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// What every resource's service of this room works with.
///
/// @param tokenLife how long a token lives at most: so long are revocations kept
public record Workbench(
        Database db,
        Epoch epoch,
        Policy policy,
        Ids ids,
        Clock clock,
        Notifications notifications,
        Duration tokenLife) {
    public Instant now() {
        return clock.instant();
    }

    /// Writes Keystone's notification of a change, `identity.user.created` and the like, in the change's
    /// transaction.
    public void tell(Tx tx, Caller caller, String resource, String operation, String id) {
        tell(tx, caller, resource, operation, id, Json.object());
    }

    /// @param about what the notification tells besides, no secrets
    public void tell(Tx tx, Caller caller, String resource, String operation, String id, ObjectNode about) {
        notifications.tell(tx, caller, resource, operation, id, about);
    }

    /// The domain that a new user, group or project stands in: the body's, else the one of the caller's token.
    public static String domainOf(ObjectNode body, Caller caller) {
        return Fields.text(body, "domain_id")
                .or(() -> caller.domain().map(Caller.Domain::id))
                .or(() -> caller.project().map(p -> p.domain().id()))
                .orElse("default");
    }

    /// A caller with a domain's token lists what is in that domain and nothing else.
    public static Filters ownDomain(Caller caller, Filters filters) {
        return caller.domain().map(d -> filters.with("domain_id", d.id())).orElse(filters);
    }

    /// The target of a list: the domain that the list is kept to.
    public static Target listTarget(Caller caller) {
        return caller.domain()
                .map(d -> Target.of("domain_id", d.id()))
                .orElse(Target.NONE)
                .with("target.domain_id", caller.domain().map(Caller.Domain::id).orElse(null));
    }

    /// @throws Invalid the body names another domain than the object's own
    public static void sameDomain(ObjectNode body, String domainId) {
        if (Fields.text(body, "domain_id").map(d -> !d.equals(domainId)).orElse(false))
            throw new Invalid("Cannot change Domain ID");
    }

    /// @throws Forbidden the object is marked immutable and the update does not take the mark away
    public static void mutable(String kind, String id, ObjectNode options, Optional<ObjectNode> update) {
        if (!options.path("immutable").asBoolean(false)) return;
        var mark = update.map(u -> u.path("options").get("immutable"));
        if (mark.isPresent() && !mark.get().asBoolean(false)) return;
        throw new Forbidden("Unable to " + (update.isPresent() ? "update" : "delete") + " immutable " + kind
                + " resource: `" + id + ". Set resource option \"immutable\" to false first.");
    }
}
