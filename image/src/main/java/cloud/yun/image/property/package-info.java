/// Who may create, read, update and delete which custom properties of images.
///
/// Start reading at `PropertyProtections`. The rules stand in a file of the operator's, in Glance's format.
package cloud.yun.image.property;
