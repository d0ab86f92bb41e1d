/// Proxies on the host: how instance metadata gets from a guest's network to the API.
///
/// Start reading at `MetadataProxy`.
package cloud.yun.host.proxy;
