package cloud.yun.image;

import cloud.yun.image.image.ImageAccess;
import cloud.yun.image.image.ImageRoutes;
import cloud.yun.image.image.ImageService;
import cloud.yun.image.image.ImageState;
import cloud.yun.image.image.ImportImage;
import cloud.yun.image.image.StorageQuota;
import cloud.yun.image.image.UploadImage;
import cloud.yun.image.image.UploadProcess;
import cloud.yun.image.image.UploadReconciler;
import cloud.yun.image.info.InfoRoutes;
import cloud.yun.image.member.MemberRoutes;
import cloud.yun.image.member.MemberService;
import cloud.yun.image.metadef.MetadefRoutes;
import cloud.yun.image.metadef.MetadefService;
import cloud.yun.image.property.PropertyProtections;
import cloud.yun.image.store.ImageFiles;
import cloud.yun.image.task.TaskRoutes;
import cloud.yun.image.task.TaskService;
import cloud.yun.image.task.TaskState;
import cloud.yun.image.web.ImportFilter;
import cloud.yun.image.web.WebSource;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Wires the room. The constructor is what it needs, the methods are what it offers.
public final class ImageModule implements Room {
    /// For a connection of web-download, and for each piece of its data.
    private static final Duration DOWNLOAD_PATIENCE = Duration.ofSeconds(60);

    private final Policy policy;
    private final LocalImages images;
    private final UploadReconciler uploadReconciler;
    private final StorageQuota quota;
    private final TaskService tasks;
    private final MetadefService metadefs;
    private final List<Route> routes;

    public ImageModule(Kernel kernel) {
        policy = new Policy(ImagePolicies.defaults(), PolicyFile.of(kernel, "image", "glance"));
        var config = kernel.config();
        checkStores(config);
        var files = area(kernel, config.get(ImageOptions.DATA_DIRECTORY), "image/images");
        var staging = area(kernel, directory(config.get(ImageOptions.STAGING_DIRECTORY)), "image/staging");
        quota = new StorageQuota(kernel.db(), config.get(ImageOptions.STORAGE_QUOTA));
        var uploads = new UploadImage(
                kernel.db(),
                files,
                staging,
                quota,
                kernel.clock(),
                kernel.ids(),
                UploadProcess.current(kernel.host()),
                Long.parseLong(config.get(ImageOptions.SIZE_CAP)));
        var access = new ImageAccess(policy);
        var service = new ImageService(
                kernel.db(),
                files,
                staging,
                quota,
                protections(config),
                uploads,
                access,
                kernel.events(),
                kernel.clock(),
                kernel.ids(),
                new ImageService.Limits(
                        config.get(ImageOptions.PROPERTIES_MAX),
                        config.get(ImageOptions.TAGS_MAX),
                        config.get(ImageOptions.LIST_STANDARD),
                        config.get(ImageOptions.LIST_MAX),
                        config.get(ImageOptions.DISK_FORMATS),
                        config.get(ImageOptions.CONTAINER_FORMATS)));
        uploadReconciler = new UploadReconciler(kernel.db(), files, staging, uploads, kernel.clock());
        var imports = new ImportImage(
                kernel.db(),
                kernel.flows(),
                files,
                staging,
                uploads,
                access,
                new WebSource(filter(config), DOWNLOAD_PATIENCE),
                kernel.events(),
                kernel.clock(),
                kernel.ids(),
                importMethods(config),
                Duration.ofHours(config.get(ImageOptions.TASK_LIFE_HOURS)));
        var members = new MemberService(kernel.db(), access, kernel.clock(), config.get(ImageOptions.MEMBERS_MAX));
        tasks = new TaskService(kernel.db(), access, kernel.clock());
        metadefs = new MetadefService(kernel.db(), policy, kernel.clock(), kernel.ids());
        routes = routes(config, files, service, imports, members);
        images = new LocalImages(service, files, kernel.clock());
    }

    private List<Route> routes(
            Config config, ImageFiles files, ImageService service, ImportImage imports, MemberService members) {
        int standard = config.get(ImageOptions.LIST_STANDARD);
        int most = config.get(ImageOptions.LIST_MAX);
        var all = new ArrayList<Route>();
        all.addAll(new InfoRoutes(
                        files,
                        importMethods(config),
                        config.get(ImageOptions.DISK_FORMATS),
                        config.get(ImageOptions.CONTAINER_FORMATS))
                .routes());
        all.addAll(new ImageRoutes(service, imports).routes());
        all.addAll(new MemberRoutes(members).routes());
        all.addAll(new TaskRoutes(tasks, standard, most).routes());
        all.addAll(new MetadefRoutes(metadefs, standard, most).routes());
        return List.copyOf(all);
    }

    /// @param configured empty: `standard` in the data directory
    private static ImageFiles area(Kernel kernel, String configured, String standard) {
        return new ImageFiles(
                configured.isEmpty() ? kernel.data().resolve(standard) : Path.of(configured),
                kernel.config().get(ImageOptions.FORMAT_MUST_MATCH));
    }

    private static String directory(String uri) {
        if (uri.isEmpty()) return uri;
        if (!uri.startsWith("file:///"))
            throw new Config.Wrong(ImageOptions.STAGING_DIRECTORY + ": '" + uri + "' is not file:///DIRECTORY.");
        return uri.substring("file://".length());
    }

    private PropertyProtections protections(Config config) {
        var file = config.get(ImageOptions.PROTECTIONS);
        return file.isEmpty()
                ? PropertyProtections.none(policy)
                : PropertyProtections.of(Path.of(file), config.get(ImageOptions.PROTECTIONS_FORMAT), policy);
    }

    private static ImportFilter filter(Config config) {
        return new ImportFilter(
                config.get(ImageOptions.ALLOWED_SCHEMES),
                config.get(ImageOptions.DISALLOWED_SCHEMES),
                config.get(ImageOptions.ALLOWED_HOSTS),
                config.get(ImageOptions.DISALLOWED_HOSTS),
                config.get(ImageOptions.ALLOWED_PORTS),
                config.get(ImageOptions.DISALLOWED_PORTS));
    }

    private static List<String> importMethods(Config config) {
        var methods = config.get(ImageOptions.IMPORT_METHODS).stream()
                .map(m -> m.replaceAll("[\\[\\]]", ""))
                .filter(m -> !m.isEmpty())
                .toList();
        for (var method : methods)
            if (!ImportImage.known().contains(method))
                throw new Config.Wrong("The import method '" + method + "' is not supported; supported: "
                        + String.join(", ", ImportImage.known()) + ".");
        return methods;
    }

    /// A store that is not there is refused by its name, not replaced by another.
    private static void checkStores(Config config) {
        var types = new ArrayList<>(config.get(ImageOptions.STORES));
        types.add(config.get(ImageOptions.DEFAULT_STORE));
        var names = new ArrayList<String>();
        for (var backend : config.get(ImageOptions.BACKENDS)) {
            names.add(backend.split(":", 2)[0]);
            types.add(backend.substring(backend.indexOf(':') + 1));
        }
        for (var type : types)
            if (!type.equals("file"))
                throw new Config.Wrong("The image store '" + type + "' is not supported; supported: file.");
        if (config.get(ImageOptions.SHOW_LOCATIONS))
            throw new Config.Wrong(ImageOptions.SHOW_LOCATIONS + " is not supported; supported: false.");
        var standard = config.get(ImageOptions.DEFAULT_BACKEND);
        if (!standard.isEmpty() && !names.contains(standard))
            throw new Config.Wrong(
                    ImageOptions.DEFAULT_BACKEND + ": '" + standard + "' is not one of enabled_backends.");
    }

    public static List<Option<?>> options() {
        return ImageOptions.ALL;
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
        return Map.of("image", ImageState.TABLE, "image-task", TaskState.TABLE);
    }

    @Override
    public List<Reconciler> reconcilers() {
        return List.of(uploadReconciler, tasks);
    }

    @Override
    public List<Invariant> invariants() {
        return List.of(uploadReconciler, quota);
    }

    /// Gives up at once the uploads that died with the process before this one.
    @Override
    public void start() {
        metadefs.begin();
        uploadReconciler.reconcile();
    }
}
