/// QoS specs: how fast the volumes of a type may be. Those for the front end reach the hypervisor with the connection.
///
/// Start reading at `QosService`. Owns the tables `qos_spec` and `qos_spec_item`, and the column `volume_type.qos_id`.
package cloud.yun.blockstorage.qos;
