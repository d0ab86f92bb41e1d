/// Volume types: what kind of volume, as names and capabilities that the scheduler matches.
///
/// Owns the tables `volume_type`, `volume_type_extra_spec` and `volume_type_access`.
package cloud.yun.blockstorage.type;
