/// Who may do what: the roles of a project's own account, and the lists that containers carry.
///
/// @see <a href="https://docs.openstack.org/swift/latest/overview_auth.html#keystone-auth">keystoneauth</a>
package cloud.yun.objectstore.access;
