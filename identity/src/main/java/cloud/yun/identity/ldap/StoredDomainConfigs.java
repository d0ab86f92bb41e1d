package cloud.yun.identity.ldap;

import cloud.yun.identity.domainconfig.DomainConfigStore;
import cloud.yun.identity.domainconfig.DomainConfigStore.Setting;
import cloud.yun.identity.project.Project;
import cloud.yun.kernel.db.Database;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// `[identity] domain_configurations_from_database`: domains' options as the API has set them.
public final class StoredDomainConfigs implements DomainConfigs {
    private final Database db;

    public StoredDomainConfigs(Database db) {
        this.db = db;
    }

    @Override
    public Optional<String> of(Project domain) {
        var settings = db.read(tx -> new DomainConfigStore(tx).all(domain.id()));
        if (settings.isEmpty()) return Optional.empty();
        var text = new StringBuilder();
        for (var setting : settings) if (!setting.value().isNull()) text.append(line(setting));
        return Optional.of(text.toString());
    }

    private static String line(Setting setting) {
        return "[" + setting.group() + "]\n" + setting.option() + " = " + oneLine(setting.value()) + "\n";
    }

    /// A value must not begin an option of its own.
    private static String oneLine(JsonNode value) {
        if (value.isArray())
            return String.join(
                    ",", value.valueStream().map(StoredDomainConfigs::oneLine).toList());
        return value.asString("").replaceAll("[\r\n]+", " ");
    }
}
