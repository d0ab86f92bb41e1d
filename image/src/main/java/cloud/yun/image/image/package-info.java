/// Images and their data.
///
/// Start reading at `ImageService`; how data comes in is `UploadImage`. States and their moves: `ImageState`.
/// Owns the tables `image`, `image_property` and `image_tag`. Needs: `ImageFiles` (where the data lies),
/// `MemberStore`.
package cloud.yun.image.image;
