/// Where the data of images lies. The `file` store: one file for each image in one directory.
///
/// Start reading at `ImageFiles`. A file appears under its image's id only when it is whole and on the disk.
package cloud.yun.image.store;
