/// Bytes on their way out (`Download`) and from one object to another (`CopyObject`).
package cloud.yun.objectstore.transfer;
