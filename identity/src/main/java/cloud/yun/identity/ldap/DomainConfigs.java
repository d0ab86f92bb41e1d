package cloud.yun.identity.ldap;

import cloud.yun.identity.project.Project;
import java.util.Optional;

/// Where domains have their own configuration.
public interface DomainConfigs {
    /// Asked at every use of a domain, so that a change counts at once: must be quick.
    ///
    /// @return the domain's options as text in oslo.config's INI; empty when it has none of its own
    Optional<String> of(Project domain);
}
