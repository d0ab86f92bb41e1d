package cloud.yun.host.libvirt;

/// What a disk of a guest did since its start.
public record BlockStats(long readRequests, long readBytes, long writeRequests, long writtenBytes, long errors) {}
