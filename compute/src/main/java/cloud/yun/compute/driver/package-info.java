/// What a host must be able to do for the room, and the drivers that do it.
package cloud.yun.compute.driver;
