package cloud.yun.objectstore.account;

import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.json.Json;
import cloud.yun.objectstore.base.Call;
import cloud.yun.objectstore.base.Limits;
import cloud.yun.objectstore.base.ListFormat;
import cloud.yun.objectstore.base.ListReply;
import cloud.yun.objectstore.base.Listing;
import cloud.yun.objectstore.base.Wire;
import cloud.yun.objectstore.container.Container;
import cloud.yun.objectstore.front.Front;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Accounts over HTTP.
///
/// @see <a href="https://docs.openstack.org/api-ref/object-store/#accounts">accounts</a>
public final class AccountRoutes {
    private final Accounts accounts;
    private final Limits limits;

    public AccountRoutes(Accounts accounts, Limits limits) {
        this.accounts = accounts;
        this.limits = limits;
    }

    public void add(Front front) {
        front.add(Front.Level.ACCOUNT, "GET", this::list);
        front.add(Front.Level.ACCOUNT, "HEAD", this::head);
        front.add(Front.Level.ACCOUNT, "PUT", c -> Reply.empty(accounts.put(c) ? 201 : 202));
        front.add(Front.Level.ACCOUNT, "POST", c -> {
            accounts.post(c);
            return Reply.noContent();
        });
        front.add(Front.Level.ACCOUNT, "DELETE", c -> {
            accounts.delete(c);
            return Reply.noContent();
        });
    }

    private Reply head(Call call) {
        var headers = headers(accounts.read(call, Optional.empty()));
        headers.put("Content-Type", ListFormat.of(call).contentType());
        return new Reply(204, headers, new Reply.Body.None());
    }

    private Reply list(Call call) {
        var format = ListFormat.of(call);
        var view = accounts.read(call, Optional.of(Listing.Query.of(call, limits.accountListingMax())));
        return ListReply.of(
                format, headers(view), "account", view.account().name(), "container", view.containers(), entry -> {
                    var c = entry.item().orElseThrow();
                    return Json.object()
                            .put("name", c.name())
                            .put("count", c.objects())
                            .put("bytes", c.bytes())
                            .put("last_modified", c.createdAt().iso());
                });
    }

    private static Map<String, String> headers(Accounts.View view) {
        var account = view.account();
        var headers = new LinkedHashMap<String, String>();
        var counts = Map.of(
                "Container-Count", account.containers(),
                "Object-Count", account.objects(),
                "Bytes-Used", account.bytes());
        counts.forEach((name, value) -> headers.put("X-Account-" + name, Long.toString(value)));
        if (account.containers() > 0)
            counts.forEach((name, value) ->
                    headers.put("X-Account-Storage-Policy-" + Container.POLICY + "-" + name, Long.toString(value)));
        headers.put("X-Timestamp", account.createdAt().text());
        headers.put("Accept-Ranges", "bytes");
        account.headers().forEach((name, value) -> {
            if (view.owner() || !name.startsWith("X-Account-Meta-Temp-Url-Key")) headers.put(name, Wire.encode(value));
        });
        account.quotaBytes().ifPresent(q -> headers.put("X-Account-Quota-Bytes", Long.toString(q)));
        return headers;
    }
}
