/// What runs on a storage host: `VolumeAgent` serves `volume.HOST@BACKEND` on the bus and calls the drivers.
/// `Backends` is the other end, for the control plane.
package cloud.yun.blockstorage.agent;
