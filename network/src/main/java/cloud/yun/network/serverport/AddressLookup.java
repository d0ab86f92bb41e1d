package cloud.yun.network.serverport;

import cloud.yun.kernel.db.Database;
import cloud.yun.network.metadata.PortLookup;
import java.util.List;
import java.util.Optional;

/// Which server asks for metadata, by the rows.
public final class AddressLookup implements PortLookup {
    private final Database db;

    public AddressLookup(Database db) {
        this.db = db;
    }

    @Override
    public Optional<String> serverAt(Optional<String> networkId, Optional<String> routerId, String address) {
        if (networkId.isEmpty() && routerId.isEmpty()) return Optional.empty();
        List<String> servers =
                db.read(tx -> new ServerPortStore(tx).at(address, networkId.orElse(""), routerId.orElse("")));
        return servers.size() == 1 ? Optional.of(servers.getFirst()) : Optional.empty();
    }
}
