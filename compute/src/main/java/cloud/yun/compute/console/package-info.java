/// A server's screen in the browser.
///
/// Start reading at `ConsoleService`: it gives out tokens. `ConsoleProxy` is the handler at `/console`: our page,
/// and the WebSocket that a token opens, joined by `Relay` to the guest's VNC server. Owns the table
/// `console_token`. Compatible with https://docs.openstack.org/api-ref/compute/#server-consoles
package cloud.yun.compute.console;
