package cloud.yun.host.disk;

/// A file from outside that must not be opened as a disk; the message may be shown to the user.
public final class ImageRejected extends RuntimeException {
    public ImageRejected(String message) {
        super(message);
    }

    public ImageRejected(String message, Throwable cause) {
        super(message, cause);
    }
}
