package cloud.yun.image;

import cloud.yun.image.image.ImageAccess;
import cloud.yun.image.image.ImageRoutes;
import cloud.yun.image.image.ImageService;
import cloud.yun.image.image.ImageState;
import cloud.yun.image.image.UploadImage;
import cloud.yun.image.image.UploadProcess;
import cloud.yun.image.image.UploadReconciler;
import cloud.yun.image.info.InfoRoutes;
import cloud.yun.image.member.MemberRoutes;
import cloud.yun.image.member.MemberService;
import cloud.yun.image.store.ImageFiles;
import cloud.yun.kernel.Kernel;
import cloud.yun.kernel.Room;
import cloud.yun.kernel.check.Invariant;
import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.config.Option;
import cloud.yun.kernel.http.ApiService;
import cloud.yun.kernel.http.FaultDialect;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.policy.Policy;
import cloud.yun.kernel.policy.PolicyFile;
import cloud.yun.kernel.reconcile.Reconciler;
import cloud.yun.kernel.state.StateTable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Wires the room. The constructor is what it needs, the methods are what it offers.
public final class ImageModule implements Room {
    static final Option<String> DATA_DIRECTORY = Option.text(
            "glance_store",
            "filesystem_store_datadir",
            "",
            "Directory of the images' data. Unset: image/images in the data directory.");
    static final Option<String> SIZE_CAP =
            Option.text("DEFAULT", "image_size_cap", "1099511627776", "Longest data of one image, in bytes.");
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

    private final Policy policy;
    private final LocalImages images;
    private final UploadReconciler uploadReconciler;
    private final List<Route> routes;

    public ImageModule(Kernel kernel) {
        policy = new Policy(ImagePolicies.defaults(), PolicyFile.of(kernel, "image", "glance"));
        var config = kernel.config();
        checkStores(config);
        var configured = config.get(DATA_DIRECTORY);
        var files = new ImageFiles(configured.isEmpty() ? kernel.data().resolve("image/images") : Path.of(configured));
        var uploads = new UploadImage(
                kernel.db(),
                files,
                kernel.clock(),
                kernel.ids(),
                UploadProcess.current(kernel.host()),
                Long.parseLong(config.get(SIZE_CAP)));
        var access = new ImageAccess(policy);
        var service = new ImageService(
                kernel.db(),
                files,
                uploads,
                access,
                kernel.events(),
                kernel.clock(),
                kernel.ids(),
                new ImageService.Limits(
                        config.get(PROPERTIES_MAX),
                        config.get(TAGS_MAX),
                        config.get(LIST_STANDARD),
                        config.get(LIST_MAX)));
        uploadReconciler = new UploadReconciler(kernel.db(), files, uploads, kernel.clock());
        var members = new MemberService(kernel.db(), access, kernel.clock(), config.get(MEMBERS_MAX));
        var all = new ArrayList<Route>();
        all.addAll(new InfoRoutes(files).routes());
        all.addAll(new ImageRoutes(service).routes());
        all.addAll(new MemberRoutes(members).routes());
        routes = List.copyOf(all);
        images = new LocalImages(service, files, kernel.clock());
    }

    /// A store that is not there is refused by its name, not replaced by another.
    private static void checkStores(Config config) {
        var types = new ArrayList<>(config.get(STORES));
        types.add(config.get(DEFAULT_STORE));
        var names = new ArrayList<String>();
        for (var backend : config.get(BACKENDS)) {
            names.add(backend.split(":", 2)[0]);
            types.add(backend.substring(backend.indexOf(':') + 1));
        }
        for (var type : types)
            if (!type.equals("file"))
                throw new Config.Wrong("The image store '" + type + "' is not supported; supported: file.");
        var standard = config.get(DEFAULT_BACKEND);
        if (!standard.isEmpty() && !names.contains(standard))
            throw new Config.Wrong(DEFAULT_BACKEND + ": '" + standard + "' is not one of enabled_backends.");
    }

    public static List<Option<?>> options() {
        return List.of(
                DATA_DIRECTORY,
                SIZE_CAP,
                PROPERTIES_MAX,
                TAGS_MAX,
                MEMBERS_MAX,
                LIST_STANDARD,
                LIST_MAX,
                STORES,
                DEFAULT_STORE,
                BACKENDS,
                DEFAULT_BACKEND,
                REGISTRY_HOST,
                REGISTRY_PORT);
    }

    /// @return the front door for the other rooms
    public Images images() {
        return images;
    }

    @Override
    public ApiService service() {
        return new ApiService("image", "/image", List.of(9292), FaultDialect.IMAGE, Optional.empty()).withStrictSlash();
    }

    @Override
    public List<Route> routes() {
        return routes;
    }

    @Override
    public Policy policy() {
        return policy;
    }

    @Override
    public Map<String, StateTable<?, ?>> states() {
        return Map.of("image", ImageState.TABLE);
    }

    @Override
    public List<Reconciler> reconcilers() {
        return List.of(uploadReconciler);
    }

    @Override
    public List<Invariant> invariants() {
        return List.of(uploadReconciler);
    }

    /// Gives up at once the uploads that died with the process before this one.
    @Override
    public void start() {
        uploadReconciler.reconcile();
    }
}
