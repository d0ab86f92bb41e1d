package cloud.yun.compute.serverapi;

import cloud.yun.compute.Part;
import cloud.yun.compute.flavor.Flavors;
import cloud.yun.compute.instanceaction.InstanceActionRoutes;
import cloud.yun.compute.keypair.Keypairs;
import cloud.yun.compute.lifecycle.AttachInterface;
import cloud.yun.compute.lifecycle.AttachVolume;
import cloud.yun.compute.lifecycle.ConfirmResize;
import cloud.yun.compute.lifecycle.CreateBackup;
import cloud.yun.compute.lifecycle.CreateImage;
import cloud.yun.compute.lifecycle.CreateServer;
import cloud.yun.compute.lifecycle.CreateVolumeImage;
import cloud.yun.compute.lifecycle.DeleteServer;
import cloud.yun.compute.lifecycle.DetachInterface;
import cloud.yun.compute.lifecycle.DetachVolume;
import cloud.yun.compute.lifecycle.EvacuateServer;
import cloud.yun.compute.lifecycle.ExtendVolume;
import cloud.yun.compute.lifecycle.Guests;
import cloud.yun.compute.lifecycle.LiveMigrateServer;
import cloud.yun.compute.lifecycle.MigrateServer;
import cloud.yun.compute.lifecycle.OffloadServer;
import cloud.yun.compute.lifecycle.Patience;
import cloud.yun.compute.lifecycle.PowerActions;
import cloud.yun.compute.lifecycle.PowerSync;
import cloud.yun.compute.lifecycle.RebuildServer;
import cloud.yun.compute.lifecycle.RescueServer;
import cloud.yun.compute.lifecycle.ResizeServer;
import cloud.yun.compute.lifecycle.RevertResize;
import cloud.yun.compute.lifecycle.ServerInvariants;
import cloud.yun.compute.lifecycle.ShelveServer;
import cloud.yun.compute.lifecycle.ShelvedPoll;
import cloud.yun.compute.lifecycle.UnconfirmedResizes;
import cloud.yun.compute.lifecycle.UnshelveServer;
import cloud.yun.compute.lifecycle.Wiring;
import cloud.yun.compute.migration.MigrationRoutes;
import cloud.yun.compute.migration.MigrationService;
import cloud.yun.compute.scheduler.Scheduler;
import cloud.yun.kernel.check.Invariant;
import cloud.yun.kernel.config.Option;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.reconcile.Reconciler;
import java.util.ArrayList;
import java.util.List;

/// The servers API, wired.
public final class ServersPart implements Part {
    private final List<Part> parts;
    private final PowerSync sync;
    private final UnconfirmedResizes unconfirmed;
    private final ShelvedPoll shelved;
    private final ServerInvariants invariants;
    private final ExtendVolume extendVolume;

    public ServersPart(Wiring w, ServerAccess access, Flavors flavors, Keypairs keypairs) {
        var guests = new Guests(w);
        var delete = new DeleteServer(w);
        var create = new CreateServer(w, new Scheduler(w.placement(), w.hosts()), guests, delete);
        var actions = new PowerActions(w, guests, delete);
        var scheduler = new Scheduler(w.placement(), w.hosts());
        var resize = new ResizeServer(w, flavors, scheduler, guests, delete);
        var confirm = new ConfirmResize(w, delete);
        unconfirmed = new UnconfirmedResizes(w, confirm);
        var offload = new OffloadServer(w, delete);
        shelved = new ShelvedPoll(w, offload);
        sync = new PowerSync(w, guests);
        invariants = new ServerInvariants(w);
        extendVolume = new ExtendVolume(w);
        var drafts = new Drafts(w.images(), w.volumes(), flavors, keypairs, w.hosts());
        var service = new ServerService(w, drafts, create, delete);
        var reader = new ServerReader(w.ports(), w.groups(), w.hosts());
        var routes = new ServerRoutes(service, access, reader, w.ports(), w.db());
        parts = List.of(
                routes,
                new ActionRoutes(access, actions, routes, w.agents(), w.clock()),
                new ResizeRoutes(access, resize, confirm, new RevertResize(w, guests, delete), w.clock()),
                new MoveRoutes(
                        access,
                        service,
                        new MigrateServer(w, resize),
                        new LiveMigrateServer(w, scheduler),
                        new EvacuateServer(w, flavors, scheduler, guests, delete),
                        w.hosts()),
                new RebuildRoutes(
                        access, service, reader, new Rebuilds(w, keypairs), new RebuildServer(w, guests, delete)),
                new MigrationRoutes(new MigrationService(w.db(), access.policy()), access.policy()),
                new SetAsideRoutes(
                        access,
                        service,
                        w.quotas(),
                        new SetAsideRoutes.Works(
                                new CreateImage(w, delete),
                                new CreateVolumeImage(w, delete),
                                new CreateBackup(w, delete),
                                new ShelveServer(w, guests, delete, offload),
                                offload,
                                new UnshelveServer(w, scheduler, guests, delete),
                                new RescueServer(w, guests, delete),
                                actions)),
                new MetadataRoutes(access, w.quotas(), w.clock()),
                new TagRoutes(access),
                new VolumeRoutes(access, w.volumes(), new AttachVolume(w), new DetachVolume(w)),
                new InterfaceRoutes(
                        access, w.ports(), new AttachInterface(w), new DetachInterface(w), w.flows(), w.db()),
                new InsideRoutes(access, w.agents()),
                new GuestRoutes(access, w.agents(), w.clock()),
                new ExternalEventRoutes(new ExternalEvents(w.db(), w.volumes(), extendVolume)),
                new AssistedSnapshotRoutes(new AssistedSnapshots(w.db())),
                new InstanceActionRoutes(w.db(), w.flows(), access.policy()));
    }

    public static List<Option<?>> options() {
        var all = new ArrayList<Option<?>>();
        all.addAll(ServerService.options());
        all.addAll(CreateServer.options());
        all.addAll(Patience.options());
        all.addAll(ResizeServer.options());
        all.addAll(UnconfirmedResizes.options());
        all.addAll(PowerSync.options());
        all.addAll(CreateVolumeImage.options());
        all.addAll(ShelveServer.options());
        all.addAll(ShelvedPoll.options());
        return all;
    }

    @Override
    public List<Reconciler> reconcilers() {
        return List.of(sync, unconfirmed, shelved);
    }

    @Override
    public List<Invariant> invariants() {
        return invariants.all();
    }

    public ExtendVolume extendVolume() {
        return extendVolume;
    }

    public PowerSync powerSync() {
        return sync;
    }

    @Override
    public List<Route> routes() {
        var all = new ArrayList<Route>();
        parts.forEach(p -> all.addAll(p.routes()));
        return all;
    }
}
