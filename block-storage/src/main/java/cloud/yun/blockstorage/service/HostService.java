package cloud.yun.blockstorage.service;

import cloud.yun.blockstorage.volume.VolumeStore;
import cloud.yun.blockstorage.volume.VolumeStore.HostUse;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import java.util.List;
import java.util.Optional;

/// Back ends as operators know them: by their hosts.
public final class HostService {
    private final Database db;

    public HostService(Database db) {
        this.db = db;
    }

    List<StorageService> services() {
        return db.read(tx -> new ServiceStore(tx).all());
    }

    /// @return what each project has there
    /// @throws NotFound no such host
    List<HostUse> use(String host) {
        return db.read(tx -> {
            if (new ServiceStore(tx).find(StorageService.VOLUME, host).isEmpty()) throw notFound(host);
            return new VolumeStore(tx).useOfHost(host);
        });
    }

    /// @throws NotFound no such host
    void disable(String host, boolean disabled) {
        db.write(tx -> {
            if (!new ServiceStore(tx).disable(StorageService.VOLUME, host, disabled, Optional.empty()))
                throw notFound(host);
        });
    }

    /// A frozen back end serves what it has and is given nothing new: it is disabled too.
    ///
    /// @throws Invalid no such host
    void freeze(String host, boolean frozen) {
        db.write(tx -> {
            if (!new ServiceStore(tx).freeze(host, frozen)) throw notThere(host);
        });
    }

    /// @throws Invalid no such host
    void require(String host) {
        if (db.read(tx -> new ServiceStore(tx).find(StorageService.VOLUME, host))
                .isEmpty()) throw notThere(host);
    }

    private static NotFound notFound(String host) {
        return new NotFound("Host " + host + " could not be found.");
    }

    private static Invalid notThere(String host) {
        return new Invalid("Service cinder-volume could not be found on host " + host + ".");
    }
}
