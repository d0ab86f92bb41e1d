package cloud.yun.identity.endpointfilter;

import cloud.yun.identity.base.Fields;
import cloud.yun.identity.base.Filters;
import cloud.yun.identity.base.Words;
import cloud.yun.identity.base.Workbench;
import cloud.yun.identity.catalog.CatalogStore;
import cloud.yun.identity.catalog.CatalogStore.Endpoint;
import cloud.yun.identity.project.Project;
import cloud.yun.identity.project.ProjectStore;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// The rules of endpoint groups: endpoints by what they have in common, given to projects together.
public final class EndpointGroups {
    private static final Set<String> FILTERS = Set.of("service_id", "region_id", "interface");

    private final Workbench bench;

    public EndpointGroups(Workbench bench) {
        this.bench = bench;
    }

    Filters.Page<EndpointGroup> list(Caller caller, Filters filters) {
        bench.policy().require(caller, "identity:list_endpoint_groups");
        return filters.cut(bench.db().read(tx -> new EndpointFilterStore(tx).groups(filters)), EndpointGroup::id);
    }

    private static EndpointGroup there(Tx tx, String id) {
        return new EndpointFilterStore(tx).group(id).orElseThrow(() -> Words.notFound("Endpoint Group", id));
    }

    /// @throws NotFound no such group
    EndpointGroup get(Caller caller, String id) {
        bench.policy().require(caller, "identity:get_endpoint_group");
        return bench.db().read(tx -> there(tx, id));
    }

    private static ObjectNode filters(ObjectNode body) {
        var filters = (ObjectNode) body.get("filters");
        for (var name : filters.propertyNames())
            if (!FILTERS.contains(name))
                throw Words.expecting("service_id or region_id or interface", "endpoint_group");
        return filters;
    }

    /// @throws Invalid no filters, or one that endpoints do not have
    EndpointGroup create(Caller caller, ObjectNode body) {
        bench.policy().require(caller, "identity:create_endpoint_group");
        if (filters(body).isEmpty()) throw new Invalid("filters field is required and cannot be empty");
        var group = new EndpointGroup(
                bench.ids().next(), body.path("name").asString(), Fields.text(body, "description"), filters(body));
        bench.epoch().write(tx -> new EndpointFilterStore(tx).insert(group));
        return group;
    }

    EndpointGroup update(Caller caller, String id, ObjectNode body) {
        bench.policy().require(caller, "identity:update_endpoint_group");
        return bench.epoch().change(tx -> {
            var old = there(tx, id);
            var next = new EndpointGroup(
                    id,
                    Fields.text(body, "name").orElse(old.name()),
                    body.has("description") ? Fields.text(body, "description") : old.description(),
                    body.has("filters") ? filters(body) : old.filters());
            new EndpointFilterStore(tx).update(next);
            return next;
        });
    }

    void delete(Caller caller, String id) {
        bench.policy().require(caller, "identity:delete_endpoint_group");
        bench.epoch().write(tx -> {
            there(tx, id);
            new EndpointFilterStore(tx).deleteGroup(id);
        });
    }

    List<Endpoint> endpoints(Caller caller, String id) {
        bench.policy().require(caller, "identity:list_endpoints_associated_with_endpoint_group");
        return bench.db().read(tx -> {
            var group = there(tx, id);
            return new CatalogStore(tx)
                    .endpoints(Filters.none()).stream().filter(group::holds).toList();
        });
    }

    List<Project> projects(Caller caller, String id) {
        bench.policy().require(caller, "identity:list_projects_associated_with_endpoint_group");
        return bench.db().read(tx -> {
            there(tx, id);
            return new ProjectStore(tx).among(new EndpointFilterStore(tx).projectsOfGroup(id));
        });
    }

    List<EndpointGroup> ofProject(Caller caller, String projectId) {
        bench.policy().require(caller, "identity:list_endpoint_groups_for_project");
        return bench.db().read(tx -> {
            EndpointFilters.projectThere(tx, projectId);
            return new EndpointFilterStore(tx).groupsOfProject(projectId);
        });
    }

    private static void both(Tx tx, String id, String projectId) {
        EndpointFilters.projectThere(tx, projectId);
        there(tx, id);
    }

    private static NotFound none() {
        return new NotFound("Endpoint Group Project Association not found");
    }

    /// @throws Conflict the project has the group already
    void add(Caller caller, String id, String projectId) {
        bench.policy().require(caller, "identity:add_endpoint_group_to_project");
        bench.epoch().write(tx -> {
            both(tx, id, projectId);
            var store = new EndpointFilterStore(tx);
            if (store.hasGroup(projectId, id)) throw Words.conflict("project_endpoint_group", "Duplicate entry");
            store.addGroup(projectId, id);
        });
    }

    /// @throws NotFound the project does not have the group
    void check(Caller caller, String id, String projectId) {
        bench.policy().require(caller, "identity:get_endpoint_group_in_project");
        bench.db().read(tx -> {
            both(tx, id, projectId);
            if (!new EndpointFilterStore(tx).hasGroup(projectId, id)) throw none();
            return true;
        });
    }

    /// @throws NotFound the project does not have the group
    void remove(Caller caller, String id, String projectId) {
        bench.policy().require(caller, "identity:remove_endpoint_group_from_project");
        bench.epoch().write(tx -> {
            both(tx, id, projectId);
            if (!new EndpointFilterStore(tx).removeGroup(projectId, id)) throw none();
        });
    }
}
