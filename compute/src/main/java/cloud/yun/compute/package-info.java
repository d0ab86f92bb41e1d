/// The compute room: see its README.
package cloud.yun.compute;
