/// What a guest can read about itself: Amazon's and OpenStack's metadata documents, over the metadata service and on
/// the config drive.
///
/// Start reading at `MetadataService`; `OpenStackDocuments` and `Ec2Documents` make the documents. Owns no table.
/// See https://docs.openstack.org/nova/latest/user/metadata.html
package cloud.yun.compute.metadata;
