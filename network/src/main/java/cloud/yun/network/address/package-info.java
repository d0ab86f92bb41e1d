/// IPv4 and IPv6 addresses, prefixes and ranges as numbers. No name is ever looked up here.
package cloud.yun.network.address;
