/// Flavors: how large a server is. Start reading at `Flavors`.
package cloud.yun.compute.flavor;
