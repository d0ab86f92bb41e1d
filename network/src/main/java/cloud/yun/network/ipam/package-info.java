/// Addresses: which port has which. Owns the table `ip_allocation`, whose key makes an allocation race-free.
package cloud.yun.network.ipam;
