/// The old API v2.0, as far as old scripts log in with it: tokens and tenants. Behind an option; all else is v3.
///
/// One class, `V2Routes`: it speaks the old words and asks what serves v3.
package cloud.yun.identity.v2;
