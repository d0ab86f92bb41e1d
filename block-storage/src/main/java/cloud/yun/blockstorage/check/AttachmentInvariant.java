package cloud.yun.blockstorage.check;

import cloud.yun.blockstorage.attachment.AttachStatus;
import cloud.yun.blockstorage.attachment.Attachment;
import cloud.yun.blockstorage.attachment.AttachmentStore;
import cloud.yun.blockstorage.volume.VolumeStatus;
import cloud.yun.blockstorage.volume.VolumeStore;
import cloud.yun.kernel.check.Invariant;
import cloud.yun.kernel.db.Database;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// A volume's status is what its attachments say.
public final class AttachmentInvariant implements Invariant {
    private final Database db;

    public AttachmentInvariant(Database db) {
        this.db = db;
    }

    @Override
    public String name() {
        return "block-storage: volumes are held by whom their status says";
    }

    @Override
    public List<String> violations() {
        return db.read(tx -> {
            var held = new AttachmentStore(tx).all().stream().collect(Collectors.groupingBy(Attachment::volumeId));
            var found = new ArrayList<String>();
            for (var v : new VolumeStore(tx).all()) {
                var states = held.getOrDefault(v.id(), List.of()).stream()
                        .map(Attachment::status)
                        .toList();
                if (v.status() == VolumeStatus.IN_USE && !states.contains(AttachStatus.ATTACHED))
                    found.add("volume " + v.id() + " is in-use but attached to nobody");
                if (v.status() == VolumeStatus.AVAILABLE && !states.isEmpty())
                    found.add("volume " + v.id() + " is available but has " + states.size() + " attachments");
                if (states.size() > 1 && !v.multiattach() && distinctServers(held.get(v.id())) > 1)
                    found.add("volume " + v.id() + " is not multiattach but several servers hold it");
            }
            return found;
        });
    }

    private static long distinctServers(@org.jspecify.annotations.Nullable List<Attachment> attachments) {
        if (attachments == null) return 0;
        return attachments.stream().map(Attachment::serverId).distinct().count();
    }
}
