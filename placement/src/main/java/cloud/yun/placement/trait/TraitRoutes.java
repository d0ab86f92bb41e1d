package cloud.yun.placement.trait;

import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.placement.query.Parameters;
import cloud.yun.placement.web.Answers;
import java.time.Clock;
import java.util.List;
import java.util.Set;

/// Traits over HTTP.
///
/// @see <a href="https://docs.openstack.org/api-ref/placement/#traits">Traits</a>
public final class TraitRoutes {
    private static final String CUSTOM = "CUSTOM_[A-Z0-9_]{1,248}";

    private final Database db;
    private final Clock clock;
    private final Answers answers;

    public TraitRoutes(Database db, Clock clock, Answers answers) {
        this.db = db;
        this.clock = clock;
        this.answers = answers;
    }

    public List<Route> routes() {
        return List.of(
                Route.get("/traits", this::list).policy("placement:traits:list").since("1.6"),
                Route.get("/traits/{name}", this::show)
                        .policy("placement:traits:show")
                        .since("1.6"),
                Route.put("/traits/{name}", this::create)
                        .policy("placement:traits:update")
                        .since("1.6"),
                Route.delete("/traits/{name}", this::delete)
                        .policy("placement:traits:delete")
                        .since("1.6"));
    }

    private Reply list(Request request) {
        Parameters.known(request, Set.of("name", "associated"));
        var name = request.query("name").orElse("");
        var prefix = name.startsWith("startswith:") ? name.substring("startswith:".length()) : "";
        var names = name.startsWith("in:") ? Set.of(name.substring(3).split(",", -1)) : Set.<String>of();
        if (!name.isEmpty() && prefix.isEmpty() && names.isEmpty())
            throw new Invalid("Badly formatted name parameter. Expected name query string parameter in form:"
                    + " ?name=[in|startswith]:[name1,name2|prefix]. Got: \"" + name + "\"");
        var associated = request.query("associated");
        if (associated.isPresent() && !associated.get().matches("(?i)true|false"))
            throw new Invalid("The query parameter \"associated\" only accepts \"true\" or \"false\"");
        var used = db.read(tx -> Set.copyOf(new TraitStore(tx).associated()));
        var out = Json.object();
        var array = out.putArray("traits");
        for (var trait : db.read(tx -> new TraitStore(tx).all())) {
            if (!names.isEmpty() && !names.contains(trait)) continue;
            if (!trait.startsWith(prefix)) continue;
            if (associated.isPresent() && used.contains(trait) != Boolean.parseBoolean(associated.get())) continue;
            array.add(trait);
        }
        return answers.fresh(request, Reply.ok(out));
    }

    private static NotFound notFound(String name) {
        return new NotFound("No such trait(s): " + name + ".");
    }

    private Reply show(Request request) {
        var name = request.variable("name");
        if (!db.read(tx -> new TraitStore(tx).exists(name))) throw notFound(name);
        return answers.fresh(request, Reply.noContent());
    }

    private Reply create(Request request) {
        var name = request.variable("name");
        if (!name.matches(CUSTOM))
            throw new Invalid(
                    "The trait is invalid. A valid trait must be no longer than 255 characters, start with the"
                            + " prefix \"CUSTOM_\" and use following characters: \"A\"-\"Z\", \"0\"-\"9\" and \"_\"");
        boolean isNew = db.transaction(tx -> new TraitStore(tx).insert(name, clock.instant()));
        return answers.fresh(request, Reply.empty(isNew ? 201 : 204))
                .header("Location", request.url() + "/traits/" + name);
    }

    private Reply delete(Request request) {
        var name = request.variable("name");
        db.write(tx -> {
            var store = new TraitStore(tx);
            if (!store.exists(name)) throw notFound(name);
            if (!name.startsWith("CUSTOM_")) throw new Invalid("Cannot delete standard trait " + name + ".");
            if (store.associated(name)) throw new Conflict("The trait " + name + " is in use by a resource provider.");
            store.delete(name);
        });
        return Reply.noContent();
    }
}
