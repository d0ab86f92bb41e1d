/// What all resources of the compute API share: links (`Links`) and page parameters (`Page`).
package cloud.yun.compute.api;
