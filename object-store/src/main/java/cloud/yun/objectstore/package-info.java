/// Objects in containers in accounts: OpenStack Object Store, Swift's API, on local disks.
///
/// Start reading at `ObjectStoreModule` and `front.Front`. How bytes come in: `object.PutObject`; where they lie:
/// `store.ObjectFiles`. Compatible with https://docs.openstack.org/api-ref/object-store/
package cloud.yun.objectstore;
