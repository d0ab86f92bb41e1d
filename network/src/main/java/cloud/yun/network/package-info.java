/// The network room: see its README.
package cloud.yun.network;
