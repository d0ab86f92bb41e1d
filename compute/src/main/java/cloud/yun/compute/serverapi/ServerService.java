package cloud.yun.compute.serverapi;

import cloud.yun.blockstorage.ServerVolumes;
import cloud.yun.compute.driver.HypervisorDriver.PowerState;
import cloud.yun.compute.instanceaction.ActionLog;
import cloud.yun.compute.lifecycle.CreateServer;
import cloud.yun.compute.lifecycle.DeleteServer;
import cloud.yun.compute.lifecycle.Wiring;
import cloud.yun.compute.quota.ComputeQuotas;
import cloud.yun.compute.quota.UserQuotas;
import cloud.yun.compute.server.Server;
import cloud.yun.compute.server.Server.Wanted;
import cloud.yun.compute.server.ServerStore;
import cloud.yun.compute.server.TagStore;
import cloud.yun.compute.server.TaskState;
import cloud.yun.compute.server.VmState;
import cloud.yun.compute.serverapi.Drafts.Draft;
import cloud.yun.compute.serverapi.Drafts.VolumeDraft;
import cloud.yun.compute.volume.Devices;
import cloud.yun.compute.volume.ServerVolume;
import cloud.yun.compute.volume.VolumeState;
import cloud.yun.compute.volume.VolumeStore;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.config.Option;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.error.CloudException.OverQuota;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// The rules of making and removing servers, each in one transaction with everything that belongs to it.
public final class ServerService {
    private static final Option<Integer> DEVICES_MAX = Option.integer(
            "DEFAULT",
            "max_local_block_devices",
            3,
            "How many disks on the host a server may have; 0: volumes only, -1: no limit.");
    private static final Option<Boolean> PASSWORDS = Option.bool(
            "api", "enable_instance_password", true, "Whether the answer to a new server shows its admin password.");
    private static final Option<Integer> PASSWORD_LENGTH =
            Option.integer("DEFAULT", "password_length", 12, "Length of generated admin passwords.");
    private static final Option<Boolean> FORCE_CONFIG_DRIVE =
            Option.bool("DEFAULT", "force_config_drive", false, "Whether every server gets a config drive.");
    private static final Option<Boolean> DEFAULT_NETWORKS = Option.bool(
            "DEFAULT",
            "use_neutron_default_nets",
            true,
            "Whether a server that names no networks gets its project's own and the shared ones.");
    private static final Option<Boolean> USE_NEUTRON = Option.bool(
            "DEFAULT", "use_neutron", true, "Networks are the network service's. There is no nova-network any more.");
    private static final String PASSWORD_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    private static final String RESERVATION_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz";
    private static final int RESERVATION_LENGTH = 8;
    private static final int HOSTNAME_MAX = 63;

    /// @param adminPassword empty when passwords are switched off
    record Created(List<String> ids, String reservationId, Optional<String> adminPassword) {}

    private final Wiring w;
    private final Drafts drafts;
    private final CreateServer create;
    private final DeleteServer delete;
    private final RandomGenerator random = new SecureRandom();

    /// @throws Config.Wrong the configuration asks for nova-network
    public ServerService(Wiring wiring, Drafts drafts, CreateServer create, DeleteServer delete) {
        if (!wiring.config().get(USE_NEUTRON))
            throw new Config.Wrong("[DEFAULT] use_neutron = false: there is no nova-network any more; use true.");
        this.w = wiring;
        this.drafts = drafts;
        this.create = create;
        this.delete = delete;
    }

    public static List<Option<?>> options() {
        return List.of(DEVICES_MAX, PASSWORDS, PASSWORD_LENGTH, FORCE_CONFIG_DRIVE, DEFAULT_NETWORKS, USE_NEUTRON);
    }

    boolean passwordsShown() {
        return w.config().get(PASSWORDS);
    }

    /// Writes down one or more servers with their ports, volumes, quota and builds: all or nothing. They end in
    /// ACTIVE or in ERROR.
    ///
    /// @param forceHost whether the caller may name a host with the zone
    /// @throws Invalid something it refers to is not there or does not fit
    /// @throws OverQuota the project's quota does not suffice even for the smallest number asked for
    Created create(Caller caller, CreateRequest r) {
        var password = password(r.adminPassword());
        var reservation = "r-" + letters(RESERVATION_LETTERS, RESERVATION_LENGTH);
        var ids = new ArrayList<String>();
        for (int i = 0; i < r.maxCount(); i++) ids.add(w.ids().get().toString());
        return w.db().transaction(tx -> {
            var draft = drafts.of(tx, caller, r, w.config().get(DEVICES_MAX));
            int count = quota(tx, caller, r, draft);
            var networks = r.standardNetworks() && w.config().get(DEFAULT_NETWORKS)
                    ? w.ports().standard(tx, caller)
                    : r.networks();
            for (int i = 0; i < count; i++) {
                var server = server(caller, r, draft, ids.get(i), i, reservation, password);
                new ServerStore(tx).insert(server);
                server = new ServerStore(tx).require(server.id());
                w.ports().allocate(tx, caller, server.id(), networks, r.securityGroups());
                volumes(tx, caller, server, draft.volumes());
                if (r.hints().path("group").isString())
                    join(tx, caller, r.hints().path("group").stringValue(), server.id());
                for (var tag : r.tags()) new TagStore(tx).add(server.id(), tag);
                new ActionLog(tx).begin(server, caller, "create", server.createdAt());
                create.begin(tx, server, caller.requestId());
            }
            return new Created(
                    List.copyOf(ids.subList(0, count)),
                    reservation,
                    passwordsShown() ? Optional.of(password) : Optional.empty());
        });
    }

    /// @return what the user gave, or a new one
    String password(Optional<String> given) {
        return given.orElseGet(() -> letters(PASSWORD_LETTERS, w.config().get(PASSWORD_LENGTH)));
    }

    private void join(Tx tx, Caller caller, String groupId, String serverId) {
        try {
            w.groups().add(tx, caller, groupId, serverId);
        } catch (NotFound e) {
            throw new Invalid(e.userMessage()); // the address is right, what the body names is not there
        }
    }

    private Server server(
            Caller caller, CreateRequest r, Draft draft, String id, int index, String reservation, String password) {
        var name = r.maxCount() > 1 ? r.name() + "-" + (index + 1) : r.name();
        var hostname = r.hostname().map(h -> r.maxCount() > 1 ? h + "-" + (index + 1) : h);
        var now = w.clock().instant();
        var files = new LinkedHashMap<>(r.files());
        return new Server(
                0,
                id,
                caller.projectId(),
                caller.userId(),
                name,
                hostname.orElseGet(() -> hostname(name, id)),
                r.description(),
                VmState.BUILDING,
                TaskState.SCHEDULING,
                PowerState.NOSTATE,
                Optional.empty(),
                Optional.empty(),
                new Wanted(
                        draft.zone(),
                        draft.forcedHost(),
                        r.host(),
                        r.node(),
                        r.hints().toString(),
                        draft.keypair().map(k -> k.publicKey()),
                        r.userData(),
                        Optional.of(password),
                        "/dev/vda",
                        r.diskConfig(),
                        draft.ephemeralGib(),
                        draft.swapMib(),
                        draft.imageProperties(),
                        files,
                        r.securityGroups()),
                draft.flavor(),
                draft.imageId(),
                draft.keypair().map(k -> k.name()),
                hasConfigDrive(r, draft),
                reservation,
                index,
                r.metadata(),
                r.accessV4(),
                r.accessV6(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                "",
                now,
                now,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                0);
    }

    /// Whoever asks has one, and who cannot do without: injected files have no other way into the guest.
    private boolean hasConfigDrive(CreateRequest r, Draft draft) {
        return r.configDrive()
                || !r.files().isEmpty()
                || "mandatory".equals(draft.imageProperties().get("img_config_drive"))
                || w.config().get(FORCE_CONFIG_DRIVE);
    }

    /// Nova's way from a name to a host name.
    static String hostname(String name, String id) {
        var host = name.replaceAll("[ _.]", "-")
                .replaceAll("[^\\w.-]+", "")
                .toLowerCase(Locale.ROOT)
                .replaceAll("^[.-]+|[.-]+$", "");
        if (host.isEmpty()) return "server-" + id;
        return host.length() > HOSTNAME_MAX ? host.substring(0, HOSTNAME_MAX).replaceAll("[.-]+$", "") : host;
    }

    /// @return how many servers fit, at least the smallest number asked for
    private int quota(Tx tx, Caller caller, CreateRequest r, Draft draft) {
        var limits = w.quotas().limits(tx, caller.projectId());
        checkItems(limits, "metadata_items", r.metadata().size(), "Maximum number of metadata items exceeds ");
        checkFiles(limits, r.files());
        var used = w.quotas().usage(tx, caller.projectId());
        int count = r.maxCount();
        while (count > r.minCount()
                && !over(limits, used, amounts(draft, count)).isEmpty()) count--;
        var over = over(limits, used, amounts(draft, count));
        if (!over.isEmpty()) throw ComputeQuotas.refused(over, used, limits);
        w.quotas()
                .take(
                        tx,
                        caller.projectId(),
                        amounts(draft, count),
                        (name, asked, has, limit) ->
                                ComputeQuotas.refused(Map.of(name, asked), Map.of(name, has), Map.of(name, limit)));
        UserQuotas.check(tx, w.quotas(), caller.projectId(), caller.userId(), amounts(draft, count));
        return count;
    }

    static void checkItems(Map<String, Long> limits, String name, int count, String words) {
        long limit = limits.getOrDefault(name, -1L);
        if (limit >= 0 && count > limit) throw new OverQuota(words + limit, "OverQuota", "");
    }

    /// @param files path to content in base64
    static void checkFiles(Map<String, Long> limits, Map<String, String> files) {
        checkItems(limits, "injected_files", files.size(), "Personality file limit exceeded: maximum is ");
        files.forEach((path, content) -> {
            checkItems(limits, "injected_file_path_length", path.length(), "Personality file path exceeds maximum ");
            checkItems(
                    limits,
                    "injected_file_content_bytes",
                    Base64.getMimeDecoder().decode(content).length,
                    "Personality file content exceeds maximum ");
        });
    }

    private static Map<String, Long> amounts(Draft draft, int count) {
        var all = new LinkedHashMap<String, Long>();
        all.put("instances", (long) count);
        all.put("cores", (long) draft.flavor().vcpus() * count);
        all.put("ram", (long) draft.flavor().ramMib() * count);
        return all;
    }

    private static Map<String, Long> over(Map<String, Long> limits, Map<String, Long> used, Map<String, Long> asked) {
        var found = new LinkedHashMap<String, Long>();
        for (var name : List.of("cores", "instances", "ram")) {
            long limit = limits.getOrDefault(name, -1L);
            long more = asked.getOrDefault(name, 0L);
            if (limit >= 0 && used.getOrDefault(name, 0L) + more > limit) found.put(name, more);
        }
        return found;
    }

    private void volumes(Tx tx, Caller caller, Server server, List<VolumeDraft> wanted) {
        var devices = new Devices(server, List.of());
        for (var draft : wanted) {
            var volumeId = draft.existing().orElseGet(() -> w.ids().get().toString());
            var attachmentId = w.ids().get().toString();
            if (draft.existing().isEmpty())
                w.volumes()
                        .create(
                                tx,
                                caller,
                                new ServerVolumes.NewVolume(
                                        volumeId,
                                        "",
                                        draft.sizeGib(),
                                        draft.imageId(),
                                        draft.snapshotId(),
                                        Optional.empty(),
                                        draft.type(),
                                        "nova"));
            else w.volumes().reserve(tx, caller, attachmentId, volumeId, server.id());
            new VolumeStore(tx)
                    .insert(new ServerVolume(
                            attachmentId,
                            server.id(),
                            volumeId,
                            VolumeState.RESERVED,
                            draft.bootIndex() == 0 ? server.wanted().rootDevice() : devices.next(draft.device()),
                            draft.bootIndex() == 0 ? 0 : -1,
                            draft.deleteOnTermination(),
                            draft.tag(),
                            w.ids().get().toString(),
                            server.createdAt()));
        }
    }

    /// Begins to delete a server, in whatever state it is.
    void delete(Tx tx, Server server, Caller caller) {
        delete.request(tx, server, caller);
    }

    Instant now() {
        return w.clock().instant();
    }

    private String letters(String alphabet, int length) {
        var text = new StringBuilder(length);
        for (int i = 0; i < length; i++) text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        return text.toString();
    }
}
