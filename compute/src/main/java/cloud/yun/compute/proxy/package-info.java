/// The legacy proxies: what Nova's API once did itself and since passes on to images, networks and volumes, for
/// clients that stay below microversion 2.36 (2.39 for images' metadata, 2.44 for the server actions).
///
/// Each class translates one old resource. The neighbour is asked with the caller's own rights, so its policies and
/// quotas hold here too. Owns no table.
package cloud.yun.compute.proxy;
