package cloud.yun.compute.service;

import cloud.yun.compute.Part;
import cloud.yun.compute.api.Page;
import cloud.yun.compute.server.Servers;
import cloud.yun.compute.service.HostService.Shown;
import cloud.yun.compute.service.ServiceStore.Service;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.json.Times;
import cloud.yun.kernel.reconcile.Reconciler;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// HTTP of services.
public final class ServiceRoutes implements Part {
    private static final String SERVICES = "/v2.1/os-services";
    private static final String UPDATE = "os_compute_api:os-services:update";
    private static final String BY_NAME = "schema/compute/service-by-name.json";

    private final HostService hosts;
    private final Servers servers;
    private final String host;

    /// @param host name of this host, under which the control plane's own services appear
    public ServiceRoutes(HostService hosts, Servers servers, String host) {
        this.hosts = hosts;
        this.servers = servers;
        this.host = host;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.get(SERVICES, this::list).policy("os_compute_api:os-services:list"),
                Route.put(SERVICES + "/enable", r -> named(r, this::enabled))
                        .until("2.52")
                        .policy(UPDATE)
                        .schema(BY_NAME),
                Route.put(SERVICES + "/disable", r -> named(r, this::disabled))
                        .until("2.52")
                        .policy(UPDATE)
                        .schema(BY_NAME),
                Route.put(SERVICES + "/disable-log-reason", this::disableWithReason)
                        .until("2.52")
                        .policy(UPDATE)
                        .schema("schema/compute/service-disable-reason.json"),
                Route.put(SERVICES + "/force-down", this::forceDown)
                        .since("2.11")
                        .until("2.52")
                        .policy(UPDATE)
                        .schema("schema/compute/service-force-down.json"),
                Route.put(SERVICES + "/{id}", this::update)
                        .since("2.53")
                        .policy(UPDATE)
                        .schema("schema/compute/service-update.json"),
                Route.delete(SERVICES + "/{id}", this::delete).policy("os_compute_api:os-services:delete"));
    }

    @Override
    public List<Reconciler> reconcilers() {
        return List.of(hosts.heartbeat(host));
    }

    @Override
    public void start() {
        hosts.beat(host);
    }

    private Reply list(Request request) {
        if (request.microversion().atLeast(75)) Page.only(request, Set.of("host", "binary"));
        var body = Json.object();
        var array = body.putArray("services");
        for (var shown : hosts.services(request.query("host"), request.query("binary")))
            array.add(view(request, shown));
        return Reply.ok(body);
    }

    private static ObjectNode view(Request request, Shown shown) {
        var version = request.microversion();
        var service = shown.service();
        var view = Json.object().put("binary", service.program()).put("host", service.host());
        if (version.atLeast(53)) view.put("id", service.id());
        else view.put("id", service.number());
        view.put("zone", shown.zone())
                .put("status", status(service))
                .put("state", shown.up() ? "up" : "down")
                .put("updated_at", Times.microsWithoutZone(service.reportedAt()))
                .put("disabled_reason", service.disabledReason().orElse(null));
        if (version.atLeast(11)) view.put("forced_down", service.forcedDown());
        return view;
    }

    private static String status(Service service) {
        return service.disabled() ? "disabled" : "enabled";
    }

    private Service enabled(Service s) {
        return with(s, false, Optional.empty(), s.forcedDown());
    }

    private Service disabled(Service s) {
        return with(s, true, Optional.empty(), s.forcedDown());
    }

    private static Service with(Service s, boolean disabled, Optional<String> reason, boolean forcedDown) {
        return new Service(s.number(), s.id(), s.program(), s.host(), disabled, reason, forcedDown, s.reportedAt());
    }

    private Reply named(Request request, java.util.function.UnaryOperator<Service> change) {
        var changed = changed(request, change);
        return Reply.ok(wrapped(Json.object()
                .put("host", changed.host())
                .put("binary", changed.program())
                .put("status", status(changed))));
    }

    private Service changed(Request request, java.util.function.UnaryOperator<Service> change) {
        var body = request.body();
        return hosts.change(body.path("host").asString(), body.path("binary").asString(), change)
                .service();
    }

    private Reply disableWithReason(Request request) {
        var reason = request.body().path("disabled_reason").asString().strip();
        if (reason.isEmpty()) throw new Invalid("Disabled reason contains invalid characters or is too long");
        var changed = changed(request, s -> with(s, true, Optional.of(reason), s.forcedDown()));
        return Reply.ok(wrapped(Json.object()
                .put("host", changed.host())
                .put("binary", changed.program())
                .put("status", "disabled")
                .put("disabled_reason", reason)));
    }

    private Reply forceDown(Request request) {
        boolean down = Set.of("true", "1", "on", "yes", "t", "y")
                .contains(request.body().path("forced_down").asString().toLowerCase(java.util.Locale.ROOT));
        var changed = changed(request, s -> with(s, s.disabled(), s.disabledReason(), down));
        return Reply.ok(wrapped(Json.object()
                .put("host", changed.host())
                .put("binary", changed.program())
                .put("forced_down", changed.forcedDown())));
    }

    private Reply update(Request request) {
        var body = request.body();
        if (body.isEmpty())
            throw new Invalid("No updates were requested. Fields 'status' or 'forced_down' should be" + " specified.");
        var status = body.path("status").asString("");
        var reason = body.has("disabled_reason")
                ? Optional.of(body.path("disabled_reason").asString().strip())
                : Optional.<String>empty();
        if (reason.isPresent() && !status.equals("disabled"))
            throw new Invalid("Specifying disabled_reason requires that status is also specified as 'disabled'.");
        var changed = hosts.change(
                request.variable("id"),
                s -> with(
                        s,
                        status.isEmpty() ? s.disabled() : status.equals("disabled"),
                        status.isEmpty() ? s.disabledReason() : reason,
                        body.has("forced_down") ? body.path("forced_down").asBoolean() : s.forcedDown()));
        return Reply.ok(wrapped(view(request, changed)));
    }

    private Reply delete(Request request) {
        hosts.delete(request.variable("id"), servers);
        return Reply.noContent();
    }

    private static ObjectNode wrapped(ObjectNode view) {
        var body = Json.object();
        body.set("service", view);
        return body;
    }
}
