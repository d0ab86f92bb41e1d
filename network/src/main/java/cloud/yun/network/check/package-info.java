/// What must hold in the room whenever no request is at work: rows against each other, against quotas, against hosts.
package cloud.yun.network.check;
