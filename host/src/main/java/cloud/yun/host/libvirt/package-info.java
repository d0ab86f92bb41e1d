/// libvirt through its C library, called by way of Java's foreign function interface: connections, domains,
/// events, secrets, and the XML of a domain.
///
/// Start reading at `Libvirt`. Its calls may be made from virtual threads: each native call runs on a small pool
/// of platform threads and has a deadline. A broken connection comes back by itself; the call that was under way
/// fails with a `LibvirtException` whose `connectionLost()` is true.
///
/// @see <a href="https://libvirt.org/html/index.html">libvirt API</a>
package cloud.yun.host.libvirt;
