package cloud.yun.identity.user;

import cloud.yun.identity.base.Expiry;
import cloud.yun.identity.base.Filters;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.http.Request;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The filters of a list of users.
///
/// @param expiry `password_expires_at=lt:2026-11-20T12:00:00Z`
/// @param federated column of `identity_federated_user` to value: users whom an identity provider knows so
record UserFilters(Filters common, Optional<PasswordEnd> expiry, Map<String, String> federated) {
    /// Without a limit of its own a request gets so many, and the link to the next ones: a million at once would not
    /// fit into memory. Keystone's `max_db_limit` is the same.
    private static final int PAGE = 1_000;
    private static final List<String> FEDERATED = List.of("idp_id", "protocol_id", "unique_id");
    private static final Map<String, String> COLUMNS = Map.of(
            "domain_id", "domain_id",
            "default_project_id", "default_project_id",
            "name", "name",
            "enabled", "enabled");
    /// As expressions, so that no index of theirs keeps the database from walking the one of the expiry, or from
    /// looking
    /// up the few whom their name tells.
    private static final Map<String, String> BESIDE = Map.of(
            "domain_id", "COALESCE(domain_id, '')",
            "default_project_id", "COALESCE(default_project_id, '')",
            "name", "name",
            "enabled", "COALESCE(enabled, 0)");
    private static final Map<String, String> OPERATORS =
            Map.of("lt", "<", "lte", "<=", "gt", ">", "gte", ">=", "eq", "=", "neq", "<>");

    /// @param operator of SQL
    record PasswordEnd(String operator, Instant at) {}

    /// @throws Invalid an operator or a time that is none
    static UserFilters of(Request request) {
        var federated = new LinkedHashMap<String, String>();
        for (var name : FEDERATED) request.query(name).ifPresent(value -> federated.put(name, value));
        return new UserFilters(
                Filters.of(request, "domain_id", "default_project_id").orLimit(PAGE),
                request.query("password_expires_at").map(UserFilters::expiry),
                federated);
    }

    UserFilters with(Filters other) {
        return new UserFilters(other, expiry, federated);
    }

    private static PasswordEnd expiry(String text) {
        int colon = text.indexOf(':');
        boolean named = colon == 2 || colon == 3;
        var operator = OPERATORS.get(named ? text.substring(0, colon) : "eq");
        var time = time(named ? text.substring(colon + 1) : text);
        if (operator == null)
            throw new Invalid("The given operator " + text.substring(0, colon)
                    + " is not valid. It must be one of the following: 'eq', 'neq', 'lt', 'lte', 'gt', or 'gte'.");
        return new PasswordEnd(operator, time);
    }

    private static Instant time(String text) {
        try {
            return Expiry.instant(text);
        } catch (DateTimeException e) {
            throw new Invalid("Timestamp not in expected format. The server could not comply with the request since it"
                    + " is either malformed or otherwise incorrect. The client is assumed to be in error.");
        }
    }

    /// Adds conditions. What is filtered by a range is walked in the order of that range, so that the
    /// first page is found as fast when few users match as when all do.
    Select apply(Tx tx, Select select) {
        boolean few = NameParts.narrow(tx, select, common.name());
        var all = common.apply(select, few || expiry.isPresent() ? BESIDE : COLUMNS);
        if (!federated.isEmpty())
            all.where(
                    "id IN (SELECT user_id FROM identity_federated_user WHERE "
                            + String.join(
                                    " AND ",
                                    federated.keySet().stream()
                                            .map(c -> c + " = ?")
                                            .toList())
                            + ")",
                    federated.values().toArray());
        var end = few ? "+password_expires_at " : "password_expires_at ";
        expiry.ifPresent(e -> all.where(end + e.operator() + " ?", e.at()));
        return all;
    }

    List<Select.Sort> order() {
        var id = Select.Sort.asc("id");
        if (expiry.isPresent()) return List.of(Select.Sort.asc("password_expires_at"), id);
        return List.of(id);
    }
}
