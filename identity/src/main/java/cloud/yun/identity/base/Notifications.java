package cloud.yun.identity.base;

import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.config.Option;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.event.Events;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.json.Times;
import java.time.Clock;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/// Keystone's notifications, each written in the transaction of the change that it tells of.
///
/// @see <a href="https://docs.openstack.org/keystone/latest/admin/event_notifications.html">notifications</a>
/// @see <a href="https://www.dmtf.org/standards/cadf">CADF, DMTF's DSP0262</a>
public final class Notifications {
    /// What the payload is.
    public enum Format {
        /// The id of the thing.
        BASIC,
        /// A record for auditors: who did what to which thing, and when.
        CADF;

        private static Format of(String text) {
            return switch (text) {
                case "basic" -> BASIC;
                case "cadf" -> CADF;
                default -> throw new IllegalArgumentException("'" + text + "' is neither basic nor cadf");
            };
        }
    }

    public static final Option<Format> FORMAT = new Option<>(
            "DEFAULT",
            "notification_format",
            "cadf",
            "Payload of identity's notifications: cadf (who did what, for auditors) or basic (the id of the thing).",
            Format::of);

    private static final String USER = "service/security/account/user";
    private static final Map<String, String> TYPES = Map.ofEntries(
            Map.entry("user", "data/security/account/user"),
            Map.entry("group", "data/security/group"),
            Map.entry("project", "data/security/project"),
            Map.entry("domain", "data/security/domain"),
            Map.entry("role", "data/security/role"),
            Map.entry("region", "data/security/region"),
            Map.entry("service", "data/security/service"),
            Map.entry("endpoint", "data/security/endpoint"),
            Map.entry("policy", "data/security/policy"),
            Map.entry("OS-TRUST:trust", "data/security/trust"),
            Map.entry("OS-OAUTH1:access_token", "data/security/credential"),
            Map.entry("OS-OAUTH1:request_token", "data/security/credential"),
            Map.entry("OS-OAUTH1:consumer", "data/security/account"),
            Map.entry("role_assignment", USER));

    private final Events events;
    private final Format format;
    private final Ids ids;
    private final Clock clock;
    private final String observer;

    public Notifications(Events events, Format format, Ids ids, Clock clock) {
        this.events = events;
        this.format = format;
        this.ids = ids;
        this.clock = clock;
        this.observer = ids.next();
    }

    /// Writes `identity.user.created` and the like.
    ///
    /// @param about what the record tells besides, no secrets
    void tell(Tx tx, Caller caller, String resource, String operation, String id, ObjectNode about) {
        var payload = format == Format.BASIC ? Json.object() : record(caller, resource, operation, id);
        payload.put("resource_info", id);
        payload.setAll(about);
        events.emit(
                tx,
                "identity." + resource + "." + operation,
                caller.project().map(Caller.Project::id).orElse(""),
                id,
                caller.requestId(),
                payload);
    }

    private ObjectNode record(Caller caller, String resource, String operation, String id) {
        var record = Json.object()
                .put("typeURI", "http://schemas.dmtf.org/cloud/audit/1.0/event")
                .put("id", ids.next())
                .put("eventType", "activity")
                .put("eventTime", Times.microsWithoutZone(clock.instant()) + "+0000")
                .put("action", operation + "." + resource)
                .put("outcome", "success");
        record.set("initiator", initiator(caller));
        record.putObject("observer").put("typeURI", "service/security").put("id", observer);
        record.putObject("target")
                .put("typeURI", TYPES.getOrDefault(resource, "unknown"))
                .put("id", id);
        return record;
    }

    private static ObjectNode initiator(Caller caller) {
        var who = Json.object().put("typeURI", USER);
        who.put("id", caller.user().map(Caller.User::id).orElse("unknown"));
        caller.user().ifPresent(u -> who.put("user_id", u.id()).put("username", u.name()));
        caller.project().ifPresent(p -> who.put("project_id", p.id()));
        caller.domain().ifPresent(d -> who.put("domain_id", d.id()));
        if (!caller.requestId().isEmpty()) who.put("request_id", caller.requestId());
        return who;
    }
}
