package cloud.yun.host.libvirt;

import java.util.Arrays;

/// The error numbers of libvirt that callers tell apart; all others are `OTHER`.
///
/// @see <a href="https://libvirt.org/html/libvirt-virterror.html">virErrorNumber</a>
public enum LibvirtError {
    /// Ours: no answer within the deadline. The operation may still happen.
    DEADLINE(-1),
    /// Ours: the waiting thread was interrupted. The operation may still happen.
    INTERRUPTED(-2),
    /// Ours: the library is not installed.
    NO_LIBRARY(-3),
    OTHER(0),
    INTERNAL_ERROR(1),
    NO_SUPPORT(3),
    NO_CONNECT(5),
    INVALID_CONN(6),
    INVALID_ARG(8),
    OPERATION_FAILED(9),
    /// The XML is well formed but means nothing.
    XML_ERROR(27),
    DOM_EXIST(28),
    /// The XML is not well formed.
    XML_DETAIL(35),
    OPERATION_DENIED(29),
    SYSTEM_ERROR(38),
    RPC(39),
    NO_DOMAIN(42),
    AUTH_FAILED(45),
    OPERATION_INVALID(55),
    NO_SECRET(66),
    CONFIG_UNSUPPORTED(67),
    OPERATION_TIMEOUT(68),
    NO_DOMAIN_SNAPSHOT(72),
    OPERATION_ABORTED(78),
    NO_DOMAIN_METADATA(80),
    MIGRATE_UNSAFE(81),
    BLOCK_COPY_ACTIVE(83),
    OPERATION_UNSUPPORTED(84),
    AGENT_UNRESPONSIVE(86),
    RESOURCE_BUSY(87),
    CPU_INCOMPATIBLE(91),
    AGENT_UNSYNCED(97),
    DEVICE_MISSING(99);

    private final int number;

    LibvirtError(int number) {
        this.number = number;
    }

    static LibvirtError of(int number) {
        return Arrays.stream(values())
                .filter(e -> e.number == number && number > 0)
                .findFirst()
                .orElse(OTHER);
    }
}
