/// Messages between the control plane and the agents on the hosts. See `Bus`.
package cloud.yun.kernel.bus;
