package cloud.yun.compute.server;

import cloud.yun.compute.driver.HypervisorDriver.PowerState;
import cloud.yun.compute.flavor.Flavors.Flavor;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// A virtual machine, as its row says.
///
/// @param number counts servers up; the instance name comes from it
/// @param zone availability zone that the host had when it was chosen
/// @param flavor a copy: the flavor itself may be gone
/// @param lockedBy `owner` or `admin`
/// @param password what the guest left at the metadata service, encrypted for its owner
/// @param generation grows by one with each write
public record Server(
        long number,
        String id,
        String projectId,
        String userId,
        String name,
        String hostname,
        Optional<String> description,
        VmState vmState,
        TaskState taskState,
        PowerState powerState,
        Optional<String> host,
        Optional<String> zone,
        Wanted wanted,
        Flavor flavor,
        Optional<String> imageId,
        Optional<String> keyName,
        boolean configDrive,
        String reservationId,
        int launchIndex,
        Map<String, String> metadata,
        Optional<String> accessV4,
        Optional<String> accessV6,
        Optional<String> lockedBy,
        Optional<String> lockedReason,
        Optional<Fault> fault,
        String password,
        Instant createdAt,
        Instant updatedAt,
        Optional<Instant> launchedAt,
        Optional<Instant> terminatedAt,
        Optional<Instant> deletedAt,
        int generation) {

    /// Why a server is in ERROR.
    ///
    /// @param details for admins
    public record Fault(int code, String message, String details, Instant created) {}

    /// What its user asked for at creation and nothing changes later.
    ///
    /// @param zone availability zone that the user named; pins the server to it
    /// @param forcedHost from `zone:host`
    /// @param requestedHost from `host` of microversion 2.74: filtered like any other
    /// @param hints scheduler hints as given, JSON text
    /// @param publicKey of the keypair
    /// @param userData base64
    /// @param adminPassword kept until the guest runs
    /// @param imageProperties of the image or the boot volume
    /// @param files to inject: path to base64 contents
    /// @param nicTags of the requested networks, in order
    public record Wanted(
            Optional<String> zone,
            Optional<String> forcedHost,
            Optional<String> requestedHost,
            Optional<String> requestedNode,
            String hints,
            Optional<String> publicKey,
            Optional<String> userData,
            Optional<String> adminPassword,
            String rootDevice,
            String diskConfig,
            int ephemeralGib,
            int swapMib,
            Map<String, String> imageProperties,
            Map<String, String> files,
            List<String> securityGroups) {

        /// @return whether the root file system is to grow with the disk: `AUTO`
        boolean autoDiskConfig() {
            return diskConfig.equals("AUTO");
        }

        public Wanted withoutPassword() {
            return new Wanted(
                    zone,
                    forcedHost,
                    requestedHost,
                    requestedNode,
                    hints,
                    publicKey,
                    userData,
                    Optional.empty(),
                    rootDevice,
                    diskConfig,
                    ephemeralGib,
                    swapMib,
                    imageProperties,
                    files,
                    securityGroups);
        }

        @Override
        public String toString() {
            return "Wanted[" + zone + "]"; // holds a password
        }
    }

    public boolean locked() {
        return lockedBy.isPresent();
    }

    /// @return libvirt's name of the guest, Nova's `instance_name_template`
    public String instanceName() {
        return String.format(Locale.ROOT, "instance-%08x", number);
    }

    /// @return whether the root disk is a volume
    public boolean bootsFromVolume() {
        return imageId.isEmpty();
    }
}
