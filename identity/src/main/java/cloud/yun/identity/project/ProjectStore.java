package cloud.yun.identity.project;

import cloud.yun.identity.base.Filters;
import cloud.yun.kernel.db.Row;
import cloud.yun.kernel.db.Select;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.json.Json;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// SQL of projects, domains and tags.
public final class ProjectStore {
    private static final String COLUMNS =
            "id, name, domain_id, parent_id, is_domain, enabled, description, extra, options";
    private static final int DEPTH_MAX = 64;

    private final Tx tx;

    public ProjectStore(Tx tx) {
        this.tx = tx;
    }

    private static Project project(Row r) throws SQLException {
        return new Project(
                r.string("id"),
                r.string("name"),
                r.string("domain_id"),
                r.optString("parent_id"),
                r.bool("is_domain"),
                r.bool("enabled"),
                r.string("description"),
                Json.storedObject(r.string("extra")),
                Json.storedObject(r.string("options")),
                List.of());
    }

    public Optional<Project> find(String id) {
        return tx.first("SELECT " + COLUMNS + " FROM identity_project WHERE id = ?", ProjectStore::project, id)
                .map(this::tagged);
    }

    public Optional<Project> domain(String id) {
        return find(id).filter(Project::isDomain);
    }

    /// @param domainId empty text for a domain
    public Optional<Project> byName(String domainId, String name) {
        return tx.first(
                        "SELECT " + COLUMNS + " FROM identity_project WHERE domain_id = ? AND name = ?",
                        ProjectStore::project,
                        domainId,
                        name)
                .map(this::tagged);
    }

    public Optional<Project> domainByName(String name) {
        return byName("", name);
    }

    private Project tagged(Project project) {
        return tagged(List.of(project)).getFirst();
    }

    private List<Project> tagged(List<Project> projects) {
        var tags = new HashMap<String, List<String>>();
        for (int from = 0; from < projects.size(); from += 500) {
            var ids = projects.subList(from, Math.min(projects.size(), from + 500)).stream()
                    .map(Project::id)
                    .toArray();
            tx.query(
                            "SELECT project_id, name FROM identity_project_tag WHERE project_id IN ("
                                    + Tx.marks(ids.length) + ") ORDER BY project_id, name",
                            r -> Map.entry(r.string("project_id"), r.string("name")),
                            ids)
                    .forEach(e -> tags.computeIfAbsent(e.getKey(), _ -> new ArrayList<>())
                            .add(e.getValue()));
        }
        return projects.stream()
                .map(p -> p.withTags(tags.getOrDefault(p.id(), List.of())))
                .toList();
    }

    /// The tag filters of a list, each a list of tags.
    public record TagFilters(List<String> all, List<String> any, List<String> notAll, List<String> notAny) {
        public static final TagFilters NONE = new TagFilters(List.of(), List.of(), List.of(), List.of());
    }

    public List<Project> list(Filters filters, boolean domains, TagFilters tags) {
        var columns = Map.of("domain_id", "domain_id", "parent_id", "parent_id", "name", "name", "enabled", "enabled");
        var select =
                filters.apply(Select.of(COLUMNS, "identity_project"), columns).where("is_domain = ?", domains);
        for (var tag : tags.all()) select.where(has(1), tag);
        if (!tags.any().isEmpty())
            select.where(has(tags.any().size()), tags.any().toArray());
        if (!tags.notAny().isEmpty())
            select.where("NOT " + has(tags.notAny().size()), tags.notAny().toArray());
        if (!tags.notAll().isEmpty()) {
            var every =
                    String.join(" AND ", tags.notAll().stream().map(_ -> has(1)).toList());
            select.where("NOT (" + every + ")", tags.notAll().toArray());
        }
        return tagged(filters.page(tx, select).list(tx, ProjectStore::project));
    }

    private static String has(int tags) {
        return "EXISTS (SELECT 1 FROM identity_project_tag t WHERE t.project_id = identity_project.id AND t.name IN ("
                + Tx.marks(tags) + "))";
    }

    public List<Project> among(Collection<String> ids) {
        var found = new ArrayList<Project>();
        var all = List.copyOf(ids);
        for (int from = 0; from < all.size(); from += 500) {
            var part = all.subList(from, Math.min(all.size(), from + 500));
            found.addAll(tx.query(
                    "SELECT " + COLUMNS + " FROM identity_project WHERE id IN (" + Tx.marks(part.size())
                            + ") ORDER BY id",
                    ProjectStore::project,
                    part.toArray()));
        }
        return tagged(found);
    }

    public List<Project> children(String id) {
        return tagged(tx.query(
                "SELECT " + COLUMNS + " FROM identity_project WHERE parent_id = ? ORDER BY id",
                ProjectStore::project,
                id));
    }

    /// @return the projects and the domain above, nearest first
    public List<Project> ancestors(Project project) {
        var found = new ArrayList<Project>();
        var above = project.parentId();
        while (above.isPresent() && found.size() < DEPTH_MAX) {
            var parent = find(above.get());
            parent.ifPresent(found::add);
            above = parent.flatMap(Project::parentId);
        }
        return found;
    }

    /// @return all projects below, each behind its parent
    public List<Project> descendants(String id) {
        var found = new ArrayList<Project>();
        var next = children(id);
        for (int depth = 0; !next.isEmpty() && depth < DEPTH_MAX; depth++) {
            found.addAll(next);
            var below = new ArrayList<Project>();
            for (var child : next) below.addAll(children(child.id()));
            next = below;
        }
        return found;
    }

    public List<Project> ofDomain(String domainId) {
        return tx.query(
                "SELECT " + COLUMNS + " FROM identity_project WHERE domain_id = ?", ProjectStore::project, domainId);
    }

    public void insert(Project project) {
        tx.update(
                """
                INSERT INTO identity_project (id, name, domain_id, parent_id, is_domain, enabled, description, extra,
                                              options)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                project.id(),
                project.name(),
                project.domainId(),
                project.parentId(),
                project.isDomain(),
                project.enabled(),
                project.description(),
                project.extra(),
                project.options());
        setTags(project.id(), project.tags());
    }

    public void update(Project project) {
        tx.update(
                """
                UPDATE identity_project
                   SET name = ?, enabled = ?, description = ?, extra = ?, options = ?
                 WHERE id = ?
                """,
                project.name(),
                project.enabled(),
                project.description(),
                project.extra(),
                project.options(),
                project.id());
    }

    public void delete(String id) {
        tx.update("DELETE FROM identity_project WHERE id = ?", id);
    }

    public void setTags(String id, List<String> tags) {
        tx.update("DELETE FROM identity_project_tag WHERE project_id = ?", id);
        Set<String> once = new LinkedHashSet<>(tags);
        tx.batch(
                "INSERT INTO identity_project_tag (project_id, name) VALUES (?, ?)",
                once.stream().map(t -> new Object[] {id, t}).toList());
    }

    public void addTag(String id, String tag) {
        tx.update("INSERT INTO identity_project_tag (project_id, name) VALUES (?, ?) ON CONFLICT DO NOTHING", id, tag);
    }

    public boolean removeTag(String id, String tag) {
        return tx.update("DELETE FROM identity_project_tag WHERE project_id = ? AND name = ?", id, tag) > 0;
    }
}
