package cloud.yun.objectstore;

import cloud.yun.kernel.Kernel;
import cloud.yun.kernel.Room;
import cloud.yun.kernel.check.Invariant;
import cloud.yun.kernel.config.Option;
import cloud.yun.kernel.http.ApiService;
import cloud.yun.kernel.http.FaultDialect;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.policy.Policy;
import cloud.yun.kernel.policy.PolicyFile;
import cloud.yun.kernel.reconcile.Reconciler;
import cloud.yun.objectstore.access.Access;
import cloud.yun.objectstore.account.AccountReaper;
import cloud.yun.objectstore.account.AccountRoutes;
import cloud.yun.objectstore.account.Accounts;
import cloud.yun.objectstore.base.Limits;
import cloud.yun.objectstore.base.Stamps;
import cloud.yun.objectstore.bulk.BulkDelete;
import cloud.yun.objectstore.bulk.ExtractArchive;
import cloud.yun.objectstore.container.ContainerRoutes;
import cloud.yun.objectstore.container.Containers;
import cloud.yun.objectstore.front.Front;
import cloud.yun.objectstore.info.InfoRoutes;
import cloud.yun.objectstore.large.LargeObjects;
import cloud.yun.objectstore.object.Expirer;
import cloud.yun.objectstore.object.ObjectData;
import cloud.yun.objectstore.object.Objects;
import cloud.yun.objectstore.object.PutObject;
import cloud.yun.objectstore.store.Auditor;
import cloud.yun.objectstore.store.ObjectFiles;
import cloud.yun.objectstore.store.Orphans;
import cloud.yun.objectstore.temporary.FormPost;
import cloud.yun.objectstore.temporary.TempUrl;
import cloud.yun.objectstore.transfer.CopyObject;
import cloud.yun.objectstore.transfer.Download;
import cloud.yun.objectstore.transfer.ObjectRoutes;
import cloud.yun.objectstore.web.Cors;
import cloud.yun.objectstore.web.StaticWeb;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Wires the room. The constructor is what it needs, the methods are what it offers.
public final class ObjectStoreModule implements Room {
    static final Option<List<String>> TEMP_URL_DIGESTS = Option.list(
            "filter:tempurl",
            "allowed_digests",
            "sha256,sha512",
            "Hashes that may sign a temporary URL: sha1, sha256, sha512.");
    static final Option<List<String>> FORM_POST_DIGESTS = Option.list(
            "filter:formpost",
            "allowed_digests",
            "sha1,sha256,sha512",
            "Hashes that may sign a form: sha1, sha256, sha512.");

    static final Option<String> DEVICES = Option.text(
            "DEFAULT", "devices", "", "Directory of the objects' data. Unset: object-store in the data directory.");
    static final Option<Integer> AUDIT_BYTES = Option.integer(
            "object-auditor", "bytes_per_second", 10_000_000, "Bytes that the auditor reads in a second at most.");
    static final Option<Double> AUDIT_FILES = Option.decimal(
            "object-auditor", "files_per_second", 20, "Files that the auditor reads in a second at most.");
    static final Option<Duration> AUDIT_INTERVAL = Option.seconds(
            "object-auditor", "interval", 30, "Seconds between two rounds of the auditor over all objects.");
    static final Option<Duration> EXPIRER_INTERVAL =
            Option.seconds("object-expirer", "interval", 30, "Seconds between two removals of expired objects.");

    private static final String MOUNT = "/object-store";

    private final Policy policy;
    private final List<Route> routes;
    private final PutObject puts;
    private final Orphans orphans;
    private final List<Reconciler> reconcilers;

    public ObjectStoreModule(Kernel kernel) {
        // Swift has no rules of this kind: roles and containers' lists decide, see `Access`.
        policy = new Policy(Map.of(), PolicyFile.of(kernel, "object-store", "swift"));
        var config = kernel.config();
        var db = kernel.db();
        var clock = kernel.clock();
        var limits = Limits.of(config);
        var access = new Access(config);
        var stamps = new Stamps(clock);
        var configured = config.get(DEVICES);
        var files = new ObjectFiles(
                configured.isEmpty() ? kernel.data().resolve("object-store") : Path.of(configured), kernel.ids());
        var accounts = new Accounts(db, access, limits);
        var containers = new Containers(db, access, limits);
        var objects = new Objects(db, files, access, limits, clock);
        puts = new PutObject(db, files, access, limits, clock);
        var large = new LargeObjects(db, objects, files, puts, access, limits);
        var downloads = new Download(objects, large, files);
        var copies = new CopyObject(db, objects, large, files, puts, access, limits);
        var tempUrlDigests = Set.copyOf(config.get(TEMP_URL_DIGESTS));
        var formPostDigests = Set.copyOf(config.get(FORM_POST_DIGESTS));
        // The order of Swift's pipeline: what opens by a signature comes before what asks who somebody is.
        var front = new Front(
                stamps,
                List.of(
                        new Cors(db),
                        new BulkDelete(objects, containers, large, stamps),
                        new ExtractArchive(puts, containers, limits, stamps),
                        new FormPost(db, formPostDigests, MOUNT, puts, limits, stamps, clock),
                        new TempUrl(db, tempUrlDigests, MOUNT, clock),
                        new StaticWeb(db, containers)));
        new AccountRoutes(accounts, limits).add(front);
        new ContainerRoutes(containers, limits).add(front);
        new ObjectRoutes(objects, puts, copies, downloads, large).add(front);
        var all = new ArrayList<>(new InfoRoutes(limits, tempUrlDigests, formPostDigests).routes());
        all.addAll(front.routes());
        routes = List.copyOf(all);
        var data = new ObjectData(db, clock);
        orphans = new Orphans(files, data, clock);
        reconcilers = List.of(
                new Expirer(db, files, clock, config.get(EXPIRER_INTERVAL)),
                new AccountReaper(db, files),
                orphans,
                new Auditor(files, data, config.get(AUDIT_BYTES), config.get(AUDIT_FILES), config.get(AUDIT_INTERVAL)));
    }

    /// For crash tests.
    PutObject puts() {
        return puts;
    }

    public static List<Option<?>> options() {
        var all = new ArrayList<Option<?>>(Limits.options());
        all.addAll(Access.options());
        all.addAll(List.of(
                TEMP_URL_DIGESTS,
                FORM_POST_DIGESTS,
                DEVICES,
                AUDIT_BYTES,
                AUDIT_FILES,
                AUDIT_INTERVAL,
                EXPIRER_INTERVAL));
        return List.copyOf(all);
    }

    @Override
    public ApiService service() {
        return new ApiService("object-store", MOUNT, List.of(8080), FaultDialect.OBJECT_STORE, Optional.empty())
                .withRootPaths("/info", "/healthcheck", "/crossdomain.xml");
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
    public List<Reconciler> reconcilers() {
        return reconcilers;
    }

    @Override
    public List<Invariant> invariants() {
        return List.of(orphans);
    }
}
