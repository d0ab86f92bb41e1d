/// Images: templates that servers and volumes are made from.
///
/// Other rooms use `Images`. Over HTTP it is OpenStack's Image API v2,
/// https://docs.openstack.org/api-ref/image/v2/. Start reading at `ImageModule`.
package cloud.yun.image;
