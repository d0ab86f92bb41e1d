/// Real guests: QEMU through libvirt.
///
/// Start reading at `LibvirtHypervisor`. `ImageCache` keeps the images' files, `GuestFiles` each guest's own,
/// `GuestXml` says a guest in libvirt's words, `GuestDevices` changes what it has, `GuestButtons` asks it to shut
/// down, `Domains` holds the connection, `PowerWatch` listens. A domain is ours when its metadata carries our mark
/// with our directory; all others do not exist for us.
package cloud.yun.compute.driver.libvirt;
