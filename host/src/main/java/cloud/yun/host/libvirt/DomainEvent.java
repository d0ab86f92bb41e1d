package cloud.yun.host.libvirt;

import java.util.Arrays;
import java.util.UUID;

/// What libvirt tells about domains without being asked, in the order it happened.
public sealed interface DomainEvent {
    /// The domain's UUID; all zero for `ConnectionRestored`.
    UUID uuid();

    /// @param detail libvirt's number for why, whose meaning depends on the kind
    record Lifecycle(UUID uuid, String name, Kind kind, int detail) implements DomainEvent {
        public enum Kind {
            DEFINED,
            UNDEFINED,
            STARTED,
            SUSPENDED,
            RESUMED,
            STOPPED,
            SHUTDOWN,
            PMSUSPENDED,
            CRASHED,
            UNKNOWN;

            static Kind of(int number) {
                return number >= 0 && number < UNKNOWN.ordinal() ? values()[number] : UNKNOWN;
            }
        }

        /// @return whether the guest ended because of an error or a killed QEMU, not because somebody wanted it
        public boolean crashed() {
            return kind == Kind.CRASHED || (kind == Kind.STOPPED && (detail == 2 || detail == 5));
        }

        /// @return whether it stopped here because it went to another host
        public boolean migratedAway() {
            return kind == Kind.STOPPED && detail == 3;
        }
    }

    /// The guest restarted itself.
    record Rebooted(UUID uuid, String name) implements DomainEvent {}

    /// @param alias the device's alias in the live XML, `virtio-disk1` or `ua-...`
    record DeviceRemoved(UUID uuid, String name, String alias) implements DomainEvent {}

    record DeviceAdded(UUID uuid, String name, String alias) implements DomainEvent {}

    /// The guest refused to let the device go.
    record DeviceRemovalFailed(UUID uuid, String name, String alias) implements DomainEvent {}

    /// @param disk its target, `vda`
    record BlockJob(UUID uuid, String name, String disk, Status status) implements DomainEvent {
        public enum Status {
            COMPLETED(0),
            FAILED(1),
            CANCELED(2),
            READY(3),
            UNKNOWN(-1);

            private final int number;

            Status(int number) {
                this.number = number;
            }

            static Status of(int number) {
                return Arrays.stream(values())
                        .filter(s -> s.number == number)
                        .findFirst()
                        .orElse(UNKNOWN);
            }
        }
    }

    /// The guest agent came or went.
    record AgentConnection(UUID uuid, String name, boolean connected) implements DomainEvent {}

    /// The connection was away: events may have been missed, look at all domains again.
    record ConnectionRestored() implements DomainEvent {
        @Override
        public UUID uuid() {
            return new UUID(0, 0);
        }
    }
}
