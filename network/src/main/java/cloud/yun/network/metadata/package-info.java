/// The metadata service behind 169.254.169.254: from the proxies in routers and DHCP namespaces, over a unix
/// socket, to the document of the guest that asked.
///
/// Start reading at `MetadataServer`. Who asked is known by address and network (`PortLookup`); what it is told
/// comes from compute (`cloud.yun.network.MetadataSource`).
package cloud.yun.network.metadata;
