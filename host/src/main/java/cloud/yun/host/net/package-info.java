/// Links, addresses, routes and packet rules of the host, in its root network namespace or in a named one.
///
/// Start reading at `HostNetwork`. Every call is idempotent: making what is there as wanted succeeds, removing
/// what is gone succeeds. Standard tools do the work (`ip`, `bridge`, `nft`, `tc`), so what we do can be repeated
/// by hand.
package cloud.yun.host.net;
