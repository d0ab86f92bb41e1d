package cloud.yun.identity;

import cloud.yun.identity.base.Epoch;
import cloud.yun.identity.ldap.Directories;
import cloud.yun.identity.ldap.DirectoryRefresh;
import cloud.yun.identity.ldap.DomainConfigFiles;
import cloud.yun.identity.ldap.DomainConfigs;
import cloud.yun.identity.ldap.StoredDomainConfigs;
import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.config.Option;
import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.reconcile.Reconciler;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Wires the domains whose users live in a directory of their own.
final class DirectoryModule {
    private static final Option<Boolean> ENABLED = Option.bool(
            "identity",
            "domain_specific_drivers_enabled",
            false,
            "Whether domains can have a back end of their own, for example LDAP.");
    private static final Option<Boolean> FROM_DATABASE = Option.bool(
            "identity",
            "domain_configurations_from_database",
            false,
            "Whether domains' own configurations are those of the API (/v3/domains/ID/config), not files.");
    private static final Option<String> DIRECTORY = Option.text(
            "identity",
            "domain_config_dir",
            "/etc/keystone/domains",
            "Directory of the domains' own configurations, keystone.DOMAIN.conf each.");
    private static final Option<Duration> CACHE_TIME = Option.seconds(
            "identity",
            "cache_time",
            60,
            "Seconds until a change in an LDAP directory counts for tokens that are out already.");

    static final List<Option<?>> OPTIONS = List.of(ENABLED, FROM_DATABASE, DIRECTORY, CACHE_TIME);

    private final Directories directories;
    private final Duration period;

    DirectoryModule(Database db, Epoch epoch, Clock clock, Config config) {
        directories = new Directories(db, epoch, clock, configs(db, config));
        period = config.get(CACHE_TIME);
    }

    private static Optional<DomainConfigs> configs(Database db, Config config) {
        if (!config.get(ENABLED)) return Optional.empty();
        return Optional.of(
                config.get(FROM_DATABASE)
                        ? new StoredDomainConfigs(db)
                        : new DomainConfigFiles(Path.of(config.get(DIRECTORY))));
    }

    /// @return where files with domains' configurations are looked for, if they are
    static Optional<Path> files(Config config) {
        return config.get(ENABLED) && !config.get(FROM_DATABASE)
                ? Optional.of(Path.of(config.get(DIRECTORY)))
                : Optional.empty();
    }

    Directories directories() {
        return directories;
    }

    List<Reconciler> reconcilers() {
        return directories.enabled() ? List.of(new DirectoryRefresh(directories, period)) : List.of();
    }
}
