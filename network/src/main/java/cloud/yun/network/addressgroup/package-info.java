/// Address groups: prefixes under one name, for rules of security groups. Owns `address_group` and
/// `address_group_address`.
///
/// Start reading at `AddressGroupService`. https://docs.openstack.org/api-ref/network/v2/#address-groups
package cloud.yun.network.addressgroup;
