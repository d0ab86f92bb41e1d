package cloud.yun.blockstorage;

import cloud.yun.blockstorage.driver.Clearing;
import cloud.yun.blockstorage.driver.PosixBackups;
import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.config.Config.Wrong;
import cloud.yun.kernel.config.Option;
import java.time.Duration;
import java.util.List;

/// The room's options, Cinder's names. All stand in `[DEFAULT]`, as in cinder.conf, but for those that another room
/// has
/// there too or that Cinder does not have.
final class Options {
    private static final String FILTER = "cinder.scheduler.filter_scheduler.FilterScheduler";
    private static final String POSIX = "cinder.backup.drivers.posix.PosixBackupDriver";

    static final Option<String> ZONE =
            Option.text("DEFAULT", "storage_availability_zone", "nova", "Availability zone of this node's volumes.");
    static final Option<String> DEFAULT_TYPE = Option.text(
            "DEFAULT", "default_volume_type", "__DEFAULT__", "The type of a volume for which nobody names one.");
    static final Option<String> SCHEDULER = Option.text(
            "DEFAULT",
            "scheduler_driver",
            FILTER,
            "What chooses the pool of a new volume. The one there is: the filter scheduler.");
    static final Option<List<String>> FILTERS = Option.list(
            "DEFAULT",
            "scheduler_default_filters",
            "AvailabilityZoneFilter,CapacityFilter,CapabilitiesFilter",
            "Which pools a new volume may go to, in this order.");
    static final Option<List<String>> WEIGHERS = Option.list(
            "DEFAULT", "scheduler_default_weighers", "CapacityWeigher", "Which of these pools is the best.");
    static final Option<Double> CAPACITY_MULTIPLIER = Option.decimal(
            "DEFAULT",
            "capacity_weight_multiplier",
            1.0,
            "Positive spreads volumes over the freest pools, negative fills the fullest first.");
    static final Option<Integer> ATTEMPTS =
            Option.integer("DEFAULT", "scheduler_max_attempts", 3, "How many pools are tried for one volume in all.");
    static final Option<Integer> RESERVED =
            Option.integer("DEFAULT", "reserved_percentage", 0, "Per cent of a pool that are never given away.");
    static final Option<Double> OVER_SUBSCRIPTION = Option.decimal(
            "DEFAULT", "max_over_subscription_ratio", 20.0, "How many times its size a thin pool may promise.");
    static final Option<String> CLEAR = Option.text(
            "DEFAULT",
            "volume_clear",
            "zero",
            "What happens to a volume's data before its file is removed: zero or none. The next owner of the space reads"
                    + " zeros either way; zero is for disks that leave the house.");
    static final Option<Integer> CLEAR_SIZE =
            Option.integer("DEFAULT", "volume_clear_size", 0, "How many MiB from the start are cleared; 0 is all.");
    static final Option<Integer> CLEAR_RATE =
            Option.integer("DEFAULT", "volume_copy_bps_limit", 0, "Bytes per second when clearing; 0 is no limit.");
    static final Option<Integer> QUOTA_VOLUMES =
            Option.integer("DEFAULT", "quota_volumes", 10, "Volumes per project; -1 is no limit.");
    static final Option<Integer> QUOTA_SNAPSHOTS =
            Option.integer("DEFAULT", "quota_snapshots", 10, "Snapshots per project; -1 is no limit.");
    static final Option<Integer> QUOTA_GIGABYTES = Option.integer(
            "DEFAULT", "quota_gigabytes", 1000, "GiB of volumes and snapshots per project; -1 is no limit.");
    static final Option<Integer> QUOTA_PER_VOLUME =
            Option.integer("DEFAULT", "per_volume_size_limit", -1, "GiB of one volume; -1 is no limit.");
    static final Option<Integer> QUOTA_BACKUPS =
            Option.integer("DEFAULT", "quota_backups", 10, "Backups per project; -1 is no limit.");
    static final Option<Integer> QUOTA_BACKUP_GIGABYTES =
            Option.integer("DEFAULT", "quota_backup_gigabytes", 1000, "GiB of backups per project; -1 is no limit.");
    static final Option<Integer> QUOTA_GROUPS =
            Option.integer("DEFAULT", "quota_groups", 10, "Volume groups per project; -1 is no limit.");
    static final Option<Duration> REPORT = Option.seconds(
            "block-storage", "report_interval", 10, "Seconds between two reports of a back end's capacity.");
    static final Option<Duration> SERVICE_DOWN = Option.seconds(
            "block-storage", "service_down_time", 60, "A back end that did not report for so many seconds is down.");

    static final Option<Duration> MESSAGE_TTL =
            Option.seconds("DEFAULT", "message_ttl", 2592000, "Seconds for which a user message is kept.");
    static final Option<Duration> MESSAGE_REAP = Option.seconds(
            "DEFAULT", "message_reap_interval", 86400, "Seconds between two sweeps of user messages that are over.");
    static final Option<Integer> TRANSFER_SALT =
            Option.integer("DEFAULT", "volume_transfer_salt_length", 8, "Characters of the salt of a transfer's key.");
    static final Option<Integer> TRANSFER_KEY =
            Option.integer("DEFAULT", "volume_transfer_key_length", 16, "Characters of a transfer's key.");

    static final Option<List<String>> BACKENDS = Option.list(
            "block-storage",
            "enabled_backends",
            "",
            "Names of the back ends; empty is one, local. Each keeps its volumes apart from the others'.");
    static final Option<String> BACKUP_DRIVER = Option.text(
            "DEFAULT",
            "backup_driver",
            POSIX,
            "Where backups go, by Cinder's name. The one there is: the POSIX directory of backup_posix_path.");
    static final Option<String> BACKUP_PATH = Option.text(
            "DEFAULT",
            "backup_posix_path",
            "",
            "Directory of the backups; empty is block-storage/backups in the data.");
    static final Option<Integer> BACKUP_FILE = Option.integer(
            "DEFAULT",
            "backup_file_size",
            61035 * 32768,
            "The most bytes of a volume that one file of a backup holds; a multiple of backup_sha_block_size_bytes.");
    static final Option<Integer> BACKUP_BLOCK = Option.integer(
            "DEFAULT",
            "backup_sha_block_size_bytes",
            32768,
            "Bytes of a block by which incremental backups see what has changed.");
    static final Option<String> BACKUP_COMPRESSION =
            Option.text("DEFAULT", "backup_compression_algorithm", "zlib", "How backups are compressed: zlib or none.");

    private Options() {}

    static List<Option<?>> all() {
        return List.of(
                ZONE,
                DEFAULT_TYPE,
                SCHEDULER,
                FILTERS,
                WEIGHERS,
                CAPACITY_MULTIPLIER,
                ATTEMPTS,
                RESERVED,
                OVER_SUBSCRIPTION,
                CLEAR,
                CLEAR_SIZE,
                CLEAR_RATE,
                QUOTA_VOLUMES,
                QUOTA_SNAPSHOTS,
                QUOTA_GIGABYTES,
                QUOTA_PER_VOLUME,
                QUOTA_BACKUPS,
                QUOTA_BACKUP_GIGABYTES,
                QUOTA_GROUPS,
                BACKENDS,
                BACKUP_DRIVER,
                BACKUP_PATH,
                BACKUP_FILE,
                BACKUP_BLOCK,
                BACKUP_COMPRESSION,
                MESSAGE_TTL,
                MESSAGE_REAP,
                TRANSFER_SALT,
                TRANSFER_KEY,
                REPORT,
                SERVICE_DOWN);
    }

    /// @throws Wrong a driver that is not there: it is refused by its name, not replaced by another
    static void checkDrivers(Config config) {
        only(config, SCHEDULER, FILTER);
        // Cinder takes the name of the module, too.
        if (!config.get(BACKUP_DRIVER).equals(POSIX.substring(0, POSIX.lastIndexOf('.'))))
            only(config, BACKUP_DRIVER, POSIX);
    }

    private static void only(Config config, Option<String> option, String supported) {
        var asked = config.get(option);
        if (!asked.equals(supported))
            throw new Wrong(option + ": '" + asked + "' is not supported; supported: " + supported);
    }

    static PosixBackups.Settings backups(Config config) {
        int file = config.get(BACKUP_FILE);
        int block = config.get(BACKUP_BLOCK);
        if (block < 1 || file < block || file % block != 0)
            throw new Wrong(BACKUP_FILE + ": " + file + " is not a multiple of " + BACKUP_BLOCK + ", " + block);
        boolean compress = switch (config.get(BACKUP_COMPRESSION).toLowerCase(java.util.Locale.ROOT)) {
            case "zlib", "gzip" -> true;
            case "none", "off", "no" -> false;
            default ->
                throw new Wrong(BACKUP_COMPRESSION + ": unsupported compression algorithm: "
                        + config.get(BACKUP_COMPRESSION) + "; there are zlib and none");
        };
        return new PosixBackups.Settings(file, block, compress);
    }

    static Clearing clearing(Config config) {
        var clear = config.get(CLEAR);
        if (!clear.equals("zero") && !clear.equals("none"))
            throw new Wrong(CLEAR + ": '" + clear + "' is neither zero nor none");
        return new Clearing(clear.equals("zero"), config.get(CLEAR_SIZE), config.get(CLEAR_RATE));
    }
}
