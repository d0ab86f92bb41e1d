package cloud.yun.network.metadata;

import java.util.Optional;

/// Which server has an address, as seen from a network or from a router.
@FunctionalInterface
public interface PortLookup {
    /// At least one of network and router is given: an address alone says nothing, networks share them.
    ///
    /// @param routerId any network with an interface of this router
    /// @param address fixed address of the asker
    /// @return id of the server; empty when no port, or more than one, has the address there
    Optional<String> serverAt(Optional<String> networkId, Optional<String> routerId, String address);
}
