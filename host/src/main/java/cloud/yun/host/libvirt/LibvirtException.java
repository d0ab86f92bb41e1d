package cloud.yun.host.libvirt;

/// libvirt refused, failed, or could not be reached. The message is libvirt's own.
public final class LibvirtException extends RuntimeException {
    private final LibvirtError error;
    private final int number;
    private final boolean connectionLost;

    LibvirtException(LibvirtError error, int number, String message, boolean connectionLost) {
        super(message);
        this.error = error;
        this.number = number;
        this.connectionLost = connectionLost;
    }

    public LibvirtError error() {
        return error;
    }

    /// @return libvirt's own number, for those that `LibvirtError` does not name
    public int number() {
        return number;
    }

    /// @return whether the connection broke: the operation may or may not have happened
    public boolean connectionLost() {
        return connectionLost;
    }

    public boolean is(LibvirtError wanted) {
        return error == wanted;
    }
}
