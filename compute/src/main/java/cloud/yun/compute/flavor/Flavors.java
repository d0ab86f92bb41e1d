package cloud.yun.compute.flavor;

import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import java.util.Map;
import java.util.Optional;

/// Looks flavors up for servers. A server keeps its own copy: a flavor may be deleted while servers have it.
public interface Flavors {
    /// @param id the flavor's id as users know it (`flavorid`), any text
    /// @param ramMib memory in MiB
    /// @param diskGib root disk in GiB; 0: the image's own size
    /// @param swapMib swap disk in MiB
    record Flavor(
            String id,
            String name,
            int vcpus,
            int ramMib,
            int diskGib,
            int ephemeralGib,
            int swapMib,
            boolean disabled,
            boolean isPublic,
            Optional<String> description,
            Map<String, String> extraSpecs) {}

    /// @return the flavor if it is public, shared with the caller's project, or the caller is an admin
    Optional<Flavor> find(Tx tx, Caller caller, String id);

    /// @return the number of the flavor's row, which some answers name; 0 when the flavor is gone
    long number(Tx tx, String id);
}
