package cloud.yun.blockstorage.agent;

import cloud.yun.blockstorage.agent.Command.Capabilities;
import cloud.yun.blockstorage.agent.Command.Done;
import cloud.yun.blockstorage.driver.VolumeDriver;
import cloud.yun.image.Images;
import cloud.yun.kernel.bus.Bus;
import java.io.IOException;
import java.io.UncheckedIOException;

/// One back end of one storage host: cinder-volume's part. Has no database; every command can come twice.
public final class VolumeAgent implements AutoCloseable {
    private final String host;
    private final VolumeDriver driver;
    private final Images images;
    private final Bus.Subscription serving;

    /// @param host `HOST@BACKEND`
    public VolumeAgent(Bus bus, String host, VolumeDriver driver, Images images) {
        this.host = host;
        this.driver = driver;
        this.images = images;
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

    @Override
    public void close() {
        serving.close();
    }
}
