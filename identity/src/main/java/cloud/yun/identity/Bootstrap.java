package cloud.yun.identity;

import java.util.List;

/// What the first start makes.
///
/// @param region id of the region of all endpoints, for example `RegionOne`
/// @param catalog services of the cloud with their addresses
public record Bootstrap(
        String adminUser,
        String adminPassword,
        String demoUser,
        String demoPassword,
        String region,
        List<Entry> catalog) {
    /// One service; URLs may hold `$(project_id)s`.
    ///
    /// @param type official service type, for example `block-storage`
    /// @param name for example `cinder`
    public record Entry(String type, String name, String publicUrl, String internalUrl, String adminUrl) {}

    @Override
    public String toString() {
        return "Bootstrap[" + adminUser + ", " + demoUser + ", " + region + "]";
    }
}
