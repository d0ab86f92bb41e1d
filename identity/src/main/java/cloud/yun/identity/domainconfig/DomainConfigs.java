package cloud.yun.identity.domainconfig;

import cloud.yun.identity.base.Words;
import cloud.yun.identity.base.Workbench;
import cloud.yun.identity.domainconfig.DomainConfigStore.Setting;
import cloud.yun.identity.project.ProjectStore;
import cloud.yun.identity.user.SecurityCompliance;
import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.error.CloudException.Forbidden;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The rules of domains' own configuration. Secrets go in and are never shown again.
public final class DomainConfigs {
    private static final String COMPLIANCE = "security_compliance";

    private final Workbench bench;
    private final Map<String, String> compliance;
    private final DomainOptions options = new DomainOptions();

    /// @param rules for passwords: two of them everybody may read
    public DomainConfigs(Workbench bench, SecurityCompliance rules) {
        this.bench = bench;
        this.compliance = Map.of(
                "password_regex", rules.regex().map(Pattern::pattern).orElse(""),
                "password_regex_description", rules.regexDescription());
    }

    /// @param group empty: all groups
    /// @param option empty: all options of the group
    record Part(Optional<String> group, Optional<String> option) {
        boolean holds(Setting setting) {
            return group.map(setting.group()::equals).orElse(true)
                    && option.map(setting.option()::equals).orElse(true);
        }

        String words() {
            if (option.isPresent()) return "option " + option.get() + " in group " + group.orElse("");
            return group.map(g -> "group " + g).orElse("any options");
        }
    }

    private static void domainThere(Tx tx, String id) {
        if (new ProjectStore(tx).domain(id).isEmpty()) throw Words.notFound("domain", id);
    }

    private static NotFound none(String domainId, Part part) {
        return new NotFound("Could not find " + part.words() + " in domain configuration for domain " + domainId + ".");
    }

    /// @throws NotFound the domain has nothing of its own there
    /// @throws Forbidden a domain cannot have that
    ObjectNode get(Caller caller, String domainId, Part part) {
        if (part.group().equals(Optional.of(COMPLIANCE))) return compliance(caller, domainId, part);
        bench.policy().require(caller, "identity:get_domain_config");
        return bench.db().read(tx -> {
            domainThere(tx, domainId);
            part.group().ifPresent(g -> options.require(g, part.option()));
            return shown(tx, domainId, part);
        });
    }

    private static ObjectNode shown(Tx tx, String domainId, Part part) {
        var found = new DomainConfigStore(tx)
                .all(domainId).stream()
                        .filter(s -> !s.sensitive() && part.holds(s))
                        .toList();
        if (found.isEmpty()) throw none(domainId, part);
        return tree(found, part);
    }

    /// By group; an option that was asked for alone stands alone.
    private static ObjectNode tree(List<Setting> settings, Part part) {
        var tree = Json.object();
        for (var setting : settings)
            (part.option().isPresent() ? tree : tree.withObject("/" + setting.group()))
                    .set(setting.option(), setting.value());
        return tree;
    }

    private ObjectNode compliance(Caller caller, String domainId, Part part) {
        bench.policy().require(caller, "identity:get_security_compliance_domain_config");
        bench.db().read(tx -> {
            domainThere(tx, domainId);
            return true;
        });
        if (!domainId.equals("default"))
            throw DomainOptions.invalid("Reading security compliance information for any domain other than the default"
                    + " domain is not allowed or supported.");
        if (part.option().isPresent() && !compliance.containsKey(part.option().get()))
            throw DomainOptions.invalid("Reading security compliance values other than password_regex and"
                    + " password_regex_description is not allowed.");
        var settings = compliance.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(e -> new Setting(COMPLIANCE, e.getKey(), false, text(e.getValue())))
                .filter(part::holds)
                .toList();
        return tree(settings, part);
    }

    private static JsonNode text(String value) {
        return Json.array()
                .add(value.isEmpty() || value.equals("None") ? null : value)
                .get(0);
    }

    private List<Setting> settings(JsonNode config) {
        if (!config.isObject() || config.isEmpty()) throw DomainOptions.invalid("No options specified");
        var all = new ArrayList<Setting>();
        for (var group : config.properties()) {
            if (!group.getValue().isObject() || group.getValue().isEmpty())
                throw DomainOptions.invalid("The value of group " + group.getKey()
                        + " specified in the config should be a dictionary of options");
            for (var option : group.getValue().properties()) {
                options.require(group.getKey(), Optional.of(option.getKey()));
                boolean sensitive = options.sensitive(group.getKey(), option.getKey());
                all.add(new Setting(group.getKey(), option.getKey(), sensitive, option.getValue()));
            }
        }
        return all;
    }

    /// @param created false: it took the place of another
    record Written(ObjectNode config, boolean created) {}

    /// Takes the place of whatever the domain had.
    Written create(Caller caller, String domainId, JsonNode config) {
        bench.policy().require(caller, "identity:create_domain_config");
        return bench.epoch().change(tx -> {
            domainThere(tx, domainId);
            var settings = settings(config);
            var store = new DomainConfigStore(tx);
            boolean created = store.all(domainId).isEmpty();
            store.clear(domainId);
            for (var setting : settings) store.put(domainId, setting);
            var open = settings.stream().filter(s -> !s.sensitive()).toList();
            return new Written(tree(open, new Part(Optional.empty(), Optional.empty())), created);
        });
    }

    /// @return all that is shown of the domain's options
    /// @throws NotFound `part` names what the domain does not have yet
    ObjectNode update(Caller caller, String domainId, Part part, JsonNode config) {
        bench.policy().require(caller, "identity:update_domain_config");
        return bench.epoch().change(tx -> {
            domainThere(tx, domainId);
            var whole = config;
            if (part.option().isPresent()) {
                var wrapped = Json.object();
                wrapped.set(part.group().orElseThrow(), config);
                whole = wrapped;
            }
            var settings = settings(whole);
            part.group().ifPresent(g -> options.require(g, part.option()));
            var store = new DomainConfigStore(tx);
            if (part.group().isPresent()) {
                alone(part, whole);
                if (store.all(domainId).stream().noneMatch(part::holds)) throw none(domainId, part);
            }
            for (var setting : settings) store.put(domainId, setting);
            return shown(tx, domainId, new Part(Optional.empty(), Optional.empty()));
        });
    }

    /// The body speaks of what the path names, and of nothing else.
    private static void alone(Part part, JsonNode config) {
        var group = part.group().orElseThrow();
        if (part.option().isEmpty()) {
            if (config.size() != 1)
                throw DomainOptions.invalid("Trying to update group " + group
                        + ", so that, and only that, group must be specified in the config");
            if (!config.has(group))
                throw DomainOptions.invalid("request to update group " + group + ", but config provided contains group "
                        + config.propertyNames().iterator().next() + " instead");
            return;
        }
        var option = part.option().get();
        var given = config.path(group);
        if (given.size() != 1)
            throw DomainOptions.invalid("Trying to update option " + option + " in group " + group
                    + ", so that, and only that, option must be specified  in the config");
        if (!given.has(option))
            throw DomainOptions.invalid("Trying to update option " + option + " in group " + group
                    + ", but config provided contains option "
                    + given.propertyNames().iterator().next() + " instead");
    }

    /// @throws NotFound `part` names what the domain does not have
    void delete(Caller caller, String domainId, Part part) {
        bench.policy().require(caller, "identity:delete_domain_config");
        bench.epoch().write(tx -> {
            domainThere(tx, domainId);
            var store = new DomainConfigStore(tx);
            if (part.group().isEmpty()) {
                store.clear(domainId);
                return;
            }
            options.require(part.group().get(), part.option());
            if (store.all(domainId).stream().noneMatch(part::holds)) throw none(domainId, part);
            store.delete(domainId, part.group().get(), part.option());
        });
    }

    ObjectNode defaults(Caller caller, Part part) {
        bench.policy().require(caller, "identity:get_domain_config_default");
        if (part.group().isEmpty()) return options.defaults();
        var group = part.group().get();
        if (part.option().isEmpty()) return options.defaults(group);
        var one = Json.object();
        one.set(part.option().get(), options.standard(group, part.option().get()));
        return one;
    }
}
