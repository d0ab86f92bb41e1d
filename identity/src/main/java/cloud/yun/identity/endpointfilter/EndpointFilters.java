package cloud.yun.identity.endpointfilter;

import cloud.yun.identity.base.Words;
import cloud.yun.identity.base.Workbench;
import cloud.yun.identity.catalog.CatalogStore;
import cloud.yun.identity.catalog.CatalogStore.Endpoint;
import cloud.yun.identity.project.Project;
import cloud.yun.identity.project.ProjectStore;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.NotFound;
import java.util.List;

/// The rules of single endpoints in the catalog of a project.
public final class EndpointFilters {
    private final Workbench bench;

    public EndpointFilters(Workbench bench) {
        this.bench = bench;
    }

    static void projectThere(Tx tx, String id) {
        if (new ProjectStore(tx).find(id).isEmpty()) throw Words.notFound("project", id);
    }

    private static void there(Tx tx, String projectId, String endpointId) {
        if (new CatalogStore(tx).endpoint(endpointId).isEmpty()) throw Words.notFound("endpoint", endpointId);
        projectThere(tx, projectId);
    }

    private static NotFound none(String projectId, String endpointId) {
        return new NotFound("Endpoint " + endpointId + " not found in project " + projectId);
    }

    /// @throws Conflict it is there already
    void add(Caller caller, String projectId, String endpointId) {
        bench.policy().require(caller, "identity:add_endpoint_to_project");
        bench.epoch().write(tx -> {
            there(tx, projectId, endpointId);
            var store = new EndpointFilterStore(tx);
            if (store.hasEndpoint(projectId, endpointId)) throw Words.conflict("project_endpoint", "Duplicate entry");
            store.addEndpoint(projectId, endpointId);
        });
    }

    /// @throws NotFound the endpoint is not in the project
    void check(Caller caller, String projectId, String endpointId) {
        bench.policy().require(caller, "identity:check_endpoint_in_project");
        bench.db().read(tx -> {
            there(tx, projectId, endpointId);
            if (!new EndpointFilterStore(tx).hasEndpoint(projectId, endpointId)) throw none(projectId, endpointId);
            return true;
        });
    }

    /// @throws NotFound the endpoint is not in the project
    void remove(Caller caller, String projectId, String endpointId) {
        bench.policy().require(caller, "identity:remove_endpoint_from_project");
        bench.epoch().write(tx -> {
            if (!new EndpointFilterStore(tx).removeEndpoint(projectId, endpointId)) throw none(projectId, endpointId);
        });
    }

    List<Project> projects(Caller caller, String endpointId) {
        bench.policy().require(caller, "identity:list_projects_for_endpoint");
        return bench.db().read(tx -> {
            if (new CatalogStore(tx).endpoint(endpointId).isEmpty()) throw Words.notFound("endpoint", endpointId);
            return new ProjectStore(tx).among(new EndpointFilterStore(tx).projectsOfEndpoint(endpointId));
        });
    }

    /// @return the project's own endpoints and those of its groups
    List<Endpoint> endpoints(Caller caller, String projectId) {
        bench.policy().require(caller, "identity:list_endpoints_for_project");
        return bench.db().read(tx -> {
            projectThere(tx, projectId);
            return List.copyOf(new EndpointFilterStore(tx).endpointsOfProject(projectId));
        });
    }
}
