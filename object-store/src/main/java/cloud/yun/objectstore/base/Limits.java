package cloud.yun.objectstore.base;

import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.config.Option;
import java.util.List;

/// Swift's constraints, under Swift's names. `/info` states them.
///
/// @param fileSizeMax longest object, in bytes
/// @param metaOverallMax all names and values of one request's metadata, in bytes
public record Limits(
        long fileSizeMax,
        int metaNameMax,
        int metaValueMax,
        int metaCountMax,
        int metaOverallMax,
        int headerSizeMax,
        int objectNameMax,
        int containerNameMax,
        int accountNameMax,
        int containerListingMax,
        int accountListingMax) {
    private static final String SECTION = "swift-constraints";
    static final Option<String> FILE_SIZE =
            Option.text(SECTION, "max_file_size", "5368709122", "Longest object that is not a large one, in bytes.");
    static final Option<Integer> META_NAME =
            Option.integer(SECTION, "max_meta_name_length", 128, "Longest name of a metadata header, in bytes.");
    static final Option<Integer> META_VALUE =
            Option.integer(SECTION, "max_meta_value_length", 256, "Longest value of a metadata header, in bytes.");
    static final Option<Integer> META_COUNT =
            Option.integer(SECTION, "max_meta_count", 90, "Metadata headers that one thing may have.");
    static final Option<Integer> META_OVERALL =
            Option.integer(SECTION, "max_meta_overall_size", 4096, "All metadata of one thing, in bytes.");
    static final Option<Integer> HEADER_SIZE =
            Option.integer(SECTION, "max_header_size", 8192, "Longest value of any header, in bytes.");
    static final Option<Integer> OBJECT_NAME =
            Option.integer(SECTION, "max_object_name_length", 1024, "Longest name of an object, in bytes.");
    static final Option<Integer> CONTAINER_NAME =
            Option.integer(SECTION, "max_container_name_length", 256, "Longest name of a container, in bytes.");
    static final Option<Integer> ACCOUNT_NAME =
            Option.integer(SECTION, "max_account_name_length", 256, "Longest name of an account, in bytes.");
    static final Option<Integer> CONTAINER_LISTING =
            Option.integer(SECTION, "container_listing_limit", 10_000, "Objects on one page.");
    static final Option<Integer> ACCOUNT_LISTING =
            Option.integer(SECTION, "account_listing_limit", 10_000, "Containers on one page.");

    public static List<Option<?>> options() {
        return List.of(
                FILE_SIZE,
                META_NAME,
                META_VALUE,
                META_COUNT,
                META_OVERALL,
                HEADER_SIZE,
                OBJECT_NAME,
                CONTAINER_NAME,
                ACCOUNT_NAME,
                CONTAINER_LISTING,
                ACCOUNT_LISTING);
    }

    public static Limits of(Config config) {
        return new Limits(
                Long.parseLong(config.get(FILE_SIZE)),
                config.get(META_NAME),
                config.get(META_VALUE),
                config.get(META_COUNT),
                config.get(META_OVERALL),
                config.get(HEADER_SIZE),
                config.get(OBJECT_NAME),
                config.get(CONTAINER_NAME),
                config.get(ACCOUNT_NAME),
                config.get(CONTAINER_LISTING),
                config.get(ACCOUNT_LISTING));
    }
}
