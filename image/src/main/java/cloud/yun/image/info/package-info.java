/// What the service says of itself: versions, schemas, stores, import methods. Owns no table.
package cloud.yun.image.info;
