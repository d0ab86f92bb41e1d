/// The identity room: see its README.
package cloud.yun.identity;
