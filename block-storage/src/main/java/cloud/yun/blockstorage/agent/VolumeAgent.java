package cloud.yun.blockstorage.agent;

import cloud.yun.blockstorage.agent.Command.Capabilities;
import cloud.yun.blockstorage.agent.Command.Counted;
import cloud.yun.blockstorage.agent.Command.Done;
import cloud.yun.blockstorage.agent.Command.Piece;
import cloud.yun.blockstorage.agent.Command.Sizes;
import cloud.yun.blockstorage.agent.Command.Text;
import cloud.yun.blockstorage.driver.BackupRepository;
import cloud.yun.blockstorage.driver.VolumeDriver;
import cloud.yun.image.Images;
import cloud.yun.kernel.bus.Bus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;

/// One back end of one storage host: cinder-volume's part. Has no database; every command can come twice.
public final class VolumeAgent implements AutoCloseable {
    private static final int PIECE = 4 << 20;

    private final String host;
    private final VolumeDriver driver;
    private final Images images;
    private final BackupRepository backups;
    private final Backends others;
    private final Bus.Subscription serving;

    /// @param host `HOST@BACKEND`
    public VolumeAgent(Bus bus, String host, VolumeDriver driver, Images images, BackupRepository backups) {
        this.host = host;
        this.driver = driver;
        this.images = images;
        this.backups = backups;
        this.others = new Backends(bus);
        this.serving = bus.serve(Backends.topic(host), this::handle);
    }

    public String host() {
        return host;
    }

    private Object handle(Object message) {
        if (!(message instanceof Command command))
            throw new IllegalArgumentException(host + " does not know " + message.getClass());
        return switch (command) {
            case Command.CreateVolume c -> done(() -> create(c));
            case Command.DeleteVolume c -> done(() -> driver.delete(c.volumeId()));
            case Command.ExtendVolume c -> done(() -> driver.extend(c.volumeId(), c.newSizeGib()));
            case Command.CreateSnapshot c -> done(() -> driver.createSnapshot(c.snapshotId(), c.volumeId()));
            case Command.DeleteSnapshot c -> done(() -> driver.deleteSnapshot(c.snapshotId(), c.volumeId()));
            case Command.CopyVolumeToImage c -> done(() -> upload(c));
            case Command.InitializeConnection c -> driver.connect(c.volumeId(), c.host());
            case Command.TerminateConnection c -> done(() -> driver.disconnect(c.volumeId(), c.host()));
            case Command.GetCapabilities _ -> {
                var capacity = driver.capacity();
                yield new Capabilities(capacity.totalGib(), capacity.freeGib(), driver.protocol(), true);
            }
            case Command.BackupVolume c -> backup(c);
            case Command.RestoreBackup c -> done(() -> restore(c));
            case Command.VerifyBackup c -> new Text(backups.verify(c.key()));
            case Command.DeleteBackup c -> done(() -> backups.delete(c.key()));
            case Command.GetUnmanaged _ -> new Sizes(driver.unmanaged());
            case Command.Manage c -> done(() -> driver.manage(c.volumeId(), c.snapshotId(), c.name()));
            case Command.Unmanage c -> done(() -> driver.unmanage(c.volumeId(), c.snapshotId(), c.name()));
            case Command.RevertToSnapshot c -> done(() -> driver.revertToSnapshot(c.volumeId(), c.snapshotId()));
            case Command.CopyImageToVolume c ->
                done(() -> driver.copyImage(c.volumeId(), images.data(c.imageId()), c.format()));
            case Command.CopyVolume c -> done(() -> copy(c));
            case Command.ReadVolume c -> piece(c);
            case Command.GetInventory _ -> driver.inventory();
        };
    }

    private static Done done(Runnable work) {
        work.run();
        return new Done();
    }

    private void create(Command.CreateVolume c) {
        var source = c.source();
        switch (source.kind()) {
            case "raw" -> driver.create(c.volumeId(), c.sizeGib());
            case "image" -> {
                driver.create(c.volumeId(), c.sizeGib());
                driver.copyImage(c.volumeId(), images.data(source.id()), source.format());
            }
            case "snap" -> driver.createFromSnapshot(c.volumeId(), source.id(), source.volumeId(), c.sizeGib());
            case "vol" -> driver.createFromVolume(c.volumeId(), source.id(), c.sizeGib());
            default -> throw new IllegalArgumentException("unknown source " + source.kind());
        }
    }

    private void upload(Command.CopyVolumeToImage c) {
        try (var data = driver.read(c.volumeId())) {
            images.upload(c.imageId(), data);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Counted backup(Command.BackupVolume c) {
        try (var content = c.snapshotId().isPresent()
                ? driver.openSnapshot(c.snapshotId().get(), c.volumeId())
                : driver.open(c.volumeId())) {
            return new Counted(backups.write(c.key(), c.header(), content));
        }
    }

    private void restore(Command.RestoreBackup c) {
        try (var content = driver.open(c.volumeId())) {
            backups.restore(c.chain(), content, c.blank());
        }
    }

    /// Piece by piece over the bus: the source may be on another host. The target is new: zeros need no writing.
    private void copy(Command.CopyVolume c) {
        try (var content = driver.open(c.volumeId())) {
            for (long at = 0; ; ) {
                var piece = others.readVolume(c.sourcePool(), c.volumeId(), at, PIECE);
                if (piece.length() == 0) break;
                if (piece.data().length > 0) content.write(at, piece.data(), piece.length());
                at += piece.length();
            }
            content.force();
        }
    }

    private Piece piece(Command.ReadVolume c) {
        try (var content = driver.open(c.volumeId())) {
            var data = new byte[c.length()];
            int length = content.read(c.offset(), data, data.length);
            for (int i = 0; i < length; i++) if (data[i] != 0) return new Piece(Arrays.copyOf(data, length), length);
            return new Piece(new byte[0], length);
        }
    }

    @Override
    public void close() {
        serving.close();
    }
}
