/// The image room: see its README.
package cloud.yun.image;
