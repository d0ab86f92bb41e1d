package cloud.yun.host.libvirt;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.UUID;

/// Passwords that libvirt hands to QEMU: for iSCSI, Ceph and LUKS disks.
public final class Secrets {
    public enum Usage {
        ISCSI("iscsi", "target"),
        CEPH("ceph", "name"),
        VOLUME("volume", "volume");

        private final String type;
        private final String element;

        Usage(String type, String element) {
            this.type = type;
            this.element = element;
        }
    }

    private final Libvirt libvirt;

    Secrets(Libvirt libvirt) {
        this.libvirt = libvirt;
    }

    /// Makes a secret or replaces its value. It is private (never shown again) and not written to disk.
    ///
    /// @param usageId unique among secrets of its usage: the IQN of a target, for example
    public void set(UUID uuid, Usage usage, String usageId, byte[] value) {
        String xml = "<secret ephemeral='yes' private='yes'><uuid>" + uuid + "</uuid><usage type='" + usage.type + "'><"
                + usage.element + ">" + Xml.escape(usageId) + "</" + usage.element + "></usage></secret>";
        libvirt.call(c -> {
            var secret = Native.check(Native.callPointer("virSecretDefineXML", c, xml, 0));
            try (var arena = Arena.ofConfined()) {
                var bytes = arena.allocateFrom(ValueLayout.JAVA_BYTE, value);
                Native.check(Native.callInt("virSecretSetValue", secret, bytes, (long) value.length, 0));
                bytes.fill((byte) 0);
            } finally {
                Native.callInt("virSecretFree", secret);
            }
            return true;
        });
    }

    /// Removes a secret; succeeds when it is gone.
    public void remove(UUID uuid) {
        libvirt.call(c -> {
            MemorySegment secret = Native.callPointer("virSecretLookupByUUIDString", c, uuid.toString());
            if (Native.isNull(secret)) {
                var error = Native.lastError();
                if (error.is(LibvirtError.NO_SECRET)) return false;
                throw error;
            }
            try {
                Native.check(Native.callInt("virSecretUndefine", secret));
            } finally {
                Native.callInt("virSecretFree", secret);
            }
            return true;
        });
    }

    public boolean exists(UUID uuid) {
        return libvirt.call(c -> {
            var secret = Native.callPointer("virSecretLookupByUUIDString", c, uuid.toString());
            if (Native.isNull(secret)) {
                var error = Native.lastError();
                if (error.is(LibvirtError.NO_SECRET)) return false;
                throw error;
            }
            Native.callInt("virSecretFree", secret);
            return true;
        });
    }
}
