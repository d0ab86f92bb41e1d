/// The identity room: who is asking, and what they may reach. OpenStack Identity v3 (Keystone's API).
///
/// Start reading at `IdentityModule`, which wires the resources; each package below is one of them. Other rooms
/// know only `IdentityModule.authenticator()` and `Bootstrap`. Tables: `identity_*`. See the README beside the module.
package cloud.yun.identity;
