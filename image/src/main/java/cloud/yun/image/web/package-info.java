/// Data from the web, for images that are imported from an address.
///
/// Start reading at `WebSource`. The cloud fetches what a stranger names: each address, also one that a server
/// redirects to, passes `ImportFilter` first, and the connection goes to the very address that was judged.
package cloud.yun.image.web;
