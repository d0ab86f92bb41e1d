/// DHCP of networks: on which host it runs and with which port.
package cloud.yun.network.dhcp;
