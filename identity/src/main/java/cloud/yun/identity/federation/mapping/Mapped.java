package cloud.yun.identity.federation.mapping;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What a mapping makes of somebody's attributes. Nothing of it has been looked up yet: groups, projects and domains
/// may not be there.
///
/// @param groupIds of groups that the mapping names by id
/// @param groups that it names by name
public record Mapped(User user, Set<String> groupIds, Set<Group> groups, List<Project> projects) {
    /// @param local whether it is a user of ours; else one is made for the identity provider's
    public record User(
            Optional<String> id,
            Optional<String> name,
            Optional<String> email,
            Optional<DomainName> domain,
            boolean local) {}

    public record Group(String name, DomainName domain) {}

    /// @param domain empty: the identity provider's
    public record Project(String name, List<String> roles, Optional<DomainName> domain) {}

    /// A domain by id or by name.
    public record DomainName(Optional<String> id, Optional<String> name) {}
}
