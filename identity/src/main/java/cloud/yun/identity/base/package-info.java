/// What all resources of this room share: the epoch of changes, links and lists, Keystone's words, the policy.
///
/// Start reading at `Epoch`: it is why a revoked token is refused at once.
package cloud.yun.identity.base;
