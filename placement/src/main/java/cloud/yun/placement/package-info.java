/// The placement room: see its README.
package cloud.yun.placement;
