package cloud.yun.compute.server;

import cloud.yun.compute.flavor.Flavors.Flavor;

/// What of a server a resize changes: its flavor, and the disks whose sizes its user chose.
///
/// @param ephemeralGib of the ephemeral disk, 0 for none
/// @param swapMib of the swap disk, 0 for none
public record Shape(Flavor flavor, int ephemeralGib, int swapMib) {
    public static Shape of(Server server) {
        return new Shape(
                server.flavor(), server.wanted().ephemeralGib(), server.wanted().swapMib());
    }

    /// @return all that a flavor gives
    public static Shape of(Flavor flavor) {
        return new Shape(flavor, flavor.ephemeralGib(), flavor.swapMib());
    }
}
