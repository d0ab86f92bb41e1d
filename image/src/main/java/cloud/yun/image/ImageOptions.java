package cloud.yun.image;

import cloud.yun.image.image.StorageQuota;
import cloud.yun.kernel.config.Option;
import java.util.List;

/// The room's options, with Glance's sections and names.
final class ImageOptions {
    static final Option<String> DATA_DIRECTORY = Option.text(
            "glance_store",
            "filesystem_store_datadir",
            "",
            "Directory of the images' data. Unset: image/images in the data directory.");
    static final Option<String> STAGING_DIRECTORY = Option.text(
            "DEFAULT",
            "node_staging_uri",
            "",
            "Where data waits to be imported, as file:///DIRECTORY. Unset: image/staging in the data directory.");
    static final Option<String> SIZE_CAP =
            Option.text("DEFAULT", "image_size_cap", "1099511627776", "Longest data of one image, in bytes.");
    static final Option<Long> STORAGE_QUOTA = new Option<>(
            "DEFAULT",
            "user_storage_quota",
            "0",
            "Bytes that the images of a project may have together, for example 100GB. 0: no limit.",
            StorageQuota::bytes);
    static final Option<Integer> PROPERTIES_MAX = Option.integer(
            "DEFAULT", "image_property_quota", 128, "Custom properties that an image may have. -1: no limit.");
    static final Option<Integer> TAGS_MAX =
            Option.integer("DEFAULT", "image_tag_quota", 128, "Tags that an image may have. -1: no limit.");
    static final Option<Integer> MEMBERS_MAX =
            Option.integer("DEFAULT", "image_member_quota", 128, "Members that an image may have. -1: no limit.");
    static final Option<Integer> LIST_STANDARD =
            Option.integer("DEFAULT", "limit_param_default", 25, "Images on a page when the request names no limit.");
    static final Option<Integer> LIST_MAX =
            Option.integer("DEFAULT", "api_limit_max", 1000, "Most images on one page.");
    static final Option<Boolean> SHOW_LOCATIONS = Option.bool(
            "DEFAULT",
            "show_multiple_locations",
            false,
            "Accepted when false: where data lies is nobody's business but the store's.");

    static final Option<List<String>> STORES =
            Option.list("glance_store", "stores", "file", "Stores that are enabled. The one there is: file.");
    static final Option<String> DEFAULT_STORE =
            Option.text("glance_store", "default_store", "file", "Store of new images.");
    static final Option<List<String>> BACKENDS =
            Option.list("DEFAULT", "enabled_backends", "", "Stores as NAME:TYPE, instead of [glance_store] stores.");
    static final Option<String> DEFAULT_BACKEND = Option.text(
            "glance_store", "default_backend", "", "Name of the store of new images, one of enabled_backends.");
    static final Option<String> REGISTRY_HOST = Option.text(
            "DEFAULT", "registry_host", "", "Accepted and ignored: images' metadata is in the database of the house.");
    static final Option<Integer> REGISTRY_PORT =
            Option.integer("DEFAULT", "registry_port", 9191, "Accepted and ignored, as registry_host.");

    static final Option<List<String>> IMPORT_METHODS = Option.list(
            "DEFAULT",
            "enabled_import_methods",
            "glance-direct,web-download,copy-image",
            "Ways to import: glance-direct, web-download, copy-image.");
    static final Option<List<String>> ALLOWED_SCHEMES = filter("allowed_schemes", "http,https", "Schemes");
    static final Option<List<String>> DISALLOWED_SCHEMES = filter("disallowed_schemes", "", "Schemes never");
    static final Option<List<String>> ALLOWED_HOSTS = Option.list(
            "import_filtering_opts",
            "allowed_hosts",
            "",
            "Hosts that web-download fetches from. Empty, or *: all but addresses inside of this host; a host that is"
                    + " named here may be inside.");
    static final Option<List<String>> DISALLOWED_HOSTS = filter("disallowed_hosts", "", "Hosts never");
    static final Option<List<String>> ALLOWED_PORTS = filter("allowed_ports", "80,443", "Ports");
    static final Option<List<String>> DISALLOWED_PORTS = filter("disallowed_ports", "", "Ports never");

    static final Option<List<String>> DISK_FORMATS = Option.list(
            "image_format",
            "disk_formats",
            "ami,ari,aki,vhd,vhdx,vmdk,raw,qcow2,vdi,iso,ploop",
            "Formats of disks that images may have.");
    static final Option<List<String>> CONTAINER_FORMATS = Option.list(
            "image_format",
            "container_formats",
            "ami,ari,aki,bare,ovf,ova,docker,compressed",
            "Formats of containers that images may have.");
    static final Option<Boolean> FORMAT_MUST_MATCH = Option.bool(
            "image_format",
            "require_image_format_match",
            false,
            "Refuse data without the header of the format that it claims. Data of plainly another format, or with a"
                    + " backing file, is refused always.");
    static final Option<String> PROTECTIONS = Option.text(
            "DEFAULT", "property_protection_file", "", "File of the rules who may do what with which properties.");
    static final Option<String> PROTECTIONS_FORMAT = Option.text(
            "DEFAULT",
            "property_protection_rule_format",
            "roles",
            "What that file names behind each operation: roles or policies.");
    static final Option<Integer> TASK_LIFE_HOURS =
            Option.integer("task", "task_time_to_live", 48, "Hours for which a task that ended can be asked for.");

    static final List<Option<?>> ALL = List.of(
            DATA_DIRECTORY,
            STAGING_DIRECTORY,
            SIZE_CAP,
            STORAGE_QUOTA,
            PROPERTIES_MAX,
            TAGS_MAX,
            MEMBERS_MAX,
            LIST_STANDARD,
            LIST_MAX,
            SHOW_LOCATIONS,
            STORES,
            DEFAULT_STORE,
            BACKENDS,
            DEFAULT_BACKEND,
            REGISTRY_HOST,
            REGISTRY_PORT,
            IMPORT_METHODS,
            ALLOWED_SCHEMES,
            DISALLOWED_SCHEMES,
            ALLOWED_HOSTS,
            DISALLOWED_HOSTS,
            ALLOWED_PORTS,
            DISALLOWED_PORTS,
            DISK_FORMATS,
            CONTAINER_FORMATS,
            FORMAT_MUST_MATCH,
            PROTECTIONS,
            PROTECTIONS_FORMAT,
            TASK_LIFE_HOURS);

    private ImageOptions() {}

    private static Option<List<String>> filter(String name, String standard, String what) {
        return Option.list("import_filtering_opts", name, standard, what + " that web-download fetches from.");
    }
}
