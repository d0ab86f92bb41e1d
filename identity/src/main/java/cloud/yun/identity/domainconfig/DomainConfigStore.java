package cloud.yun.identity.domainconfig;

import cloud.yun.kernel.db.Tx;
import cloud.yun.kernel.json.Json;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// SQL of domains' options.
public final class DomainConfigStore {
    /// @param group section of the configuration file, for example `ldap`
    /// @param sensitive never shown
    public record Setting(String group, String option, boolean sensitive, JsonNode value) {
        @Override
        public String toString() {
            return "Setting[" + group + " " + option + "]";
        }
    }

    private final Tx tx;

    public DomainConfigStore(Tx tx) {
        this.tx = tx;
    }

    /// @return all of a domain's options, secret ones too
    public List<Setting> all(String domainId) {
        return tx.query(
                """
                SELECT group_name, option_name, sensitive, value
                  FROM identity_domain_config
                 WHERE domain_id = ?
                 ORDER BY group_name, option_name
                """,
                r -> new Setting(
                        r.string("group_name"),
                        r.string("option_name"),
                        r.bool("sensitive"),
                        Json.stored(r.string("value"))),
                domainId);
    }

    void put(String domainId, Setting s) {
        tx.update("""
                INSERT INTO identity_domain_config (domain_id, group_name, option_name, sensitive, value)
                VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (domain_id, group_name, option_name) DO UPDATE SET value = excluded.value
                """, domainId, s.group(), s.option(), s.sensitive(), s.value().toString());
    }

    void clear(String domainId) {
        tx.update("DELETE FROM identity_domain_config WHERE domain_id = ?", domainId);
    }

    void delete(String domainId, String group, Optional<String> option) {
        if (option.isPresent())
            tx.update(
                    "DELETE FROM identity_domain_config WHERE domain_id = ? AND group_name = ? AND option_name = ?",
                    domainId,
                    group,
                    option.get());
        else tx.update("DELETE FROM identity_domain_config WHERE domain_id = ? AND group_name = ?", domainId, group);
    }
}
