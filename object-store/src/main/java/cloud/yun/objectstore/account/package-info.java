/// Accounts: the containers of one project, with their sums and metadata.
///
/// An account is there as soon as something is written into it; until then it looks empty. Start reading at
/// `Accounts`.
/// Owns the table `object_account`.
package cloud.yun.objectstore.account;
