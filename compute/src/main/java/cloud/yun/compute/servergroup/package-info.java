/// Server groups: servers that want the same host or different ones. Start reading at `ServerGroups`.
package cloud.yun.compute.servergroup;
