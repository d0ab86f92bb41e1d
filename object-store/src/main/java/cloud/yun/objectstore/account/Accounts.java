package cloud.yun.objectstore.account;

import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.error.CloudException.Forbidden;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.error.CloudException.Refused;
import cloud.yun.objectstore.access.Access;
import cloud.yun.objectstore.base.Call;
import cloud.yun.objectstore.base.Limits;
import cloud.yun.objectstore.base.Listing;
import cloud.yun.objectstore.base.Metadata;
import cloud.yun.objectstore.container.Container;
import cloud.yun.objectstore.container.ContainerStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The rules of accounts.
public final class Accounts {
    private final Database db;
    private final Access access;
    private final Limits limits;

    public Accounts(Database db, Access access, Limits limits) {
        this.db = db;
        this.access = access;
        this.limits = limits;
    }

    /// @param owner whether the caller may see its secrets
    /// @param containers of the page that was asked for
    public record View(Account account, boolean owner, List<Listing.Entry<Container>> containers) {}

    /// An account into which nothing was written yet looks empty.
    ///
    /// @param query empty: without containers
    /// @throws Refused 410, it was deleted and its contents are going
    public View read(Call call, Optional<Listing.Query> query) {
        var name = call.path().account();
        var found = db.read(tx -> new AccountStore(tx).find(name));
        access.require(
                call,
                call.path(),
                Optional.empty(),
                found.map(Account::domainId).orElse(""),
                true);
        if (found.isPresent() && found.get().deleted()) throw new Refused(410, "Recently deleted");
        var page = query.map(q -> db.read(tx ->
                        Listing.page(q, false, Container::name, (b, n) -> new ContainerStore(tx).list(name, b, n))))
                .orElse(List.of());
        return new View(
                found.orElseGet(() -> Account.none(name, call.stamp())), access.owns(call.caller(), name), page);
    }

    /// @throws Forbidden quotas are for reseller admins
    public void post(Call call) {
        access.require(call, call.path(), Optional.empty(), "", false);
        write(call);
    }

    /// @return whether it was not there
    /// @throws Refused 403: accounts are made by reseller admins, or by what is written into them
    public boolean put(Call call) {
        access.require(call, call.path(), Optional.empty(), "", false);
        if (!access.resellerAdmin(call.caller())) throw Access.denied(call);
        return write(call);
    }

    private boolean write(Call call) {
        var name = call.path().account();
        var changed = quota(call);
        var domain = access.domain(call.caller(), name);
        return db.transaction(tx -> {
            var store = new AccountStore(tx);
            boolean made = store.create(name, call.stamp(), domain);
            var there = store.lock(name).orElseThrow();
            if (there.deleted()) throw new NotFound("");
            store.headers(name, Metadata.changed(there.headers(), changed, "account", limits, List.of()));
            return made;
        });
    }

    /// `X-Account-Quota-Bytes` is the newer name of the same quota.
    private Call quota(Call call) {
        var headers = new TreeMap<>(call.headers());
        var newer = headers.remove("x-account-quota-bytes");
        if (newer != null) headers.put("x-account-meta-quota-bytes", newer);
        boolean touched = headers.containsKey("x-account-meta-quota-bytes")
                || headers.containsKey("x-remove-account-meta-quota-bytes")
                || headers.containsKey("x-remove-account-quota-bytes");
        if (!touched) return call;
        if (!access.resellerAdmin(call.caller())) throw new Forbidden("");
        if (headers.remove("x-remove-account-quota-bytes") != null)
            headers.put("x-remove-account-meta-quota-bytes", "x");
        var value = headers.getOrDefault("x-account-meta-quota-bytes", "");
        if (!value.isEmpty() && !value.matches("\\d{1,18}")) throw new Invalid("Invalid bytes quota.");
        return call.withHeaders(headers);
    }

    /// Marks the account; its contents go afterwards, see `AccountReaper`.
    public void delete(Call call) {
        access.require(call, call.path(), Optional.empty(), "", false);
        var name = call.path().account();
        db.write(tx -> {
            var store = new AccountStore(tx);
            if (store.lock(name).filter(a -> !a.deleted()).isEmpty()) throw new NotFound("");
            store.headers(name, Map.of(Account.DELETED, "Deleted"));
        });
    }
}
