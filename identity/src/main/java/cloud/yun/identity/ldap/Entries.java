package cloud.yun.identity.ldap;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.naming.NamingException;
import javax.naming.directory.SearchResult;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/// Reading attributes of an entry.
final class Entries {
    private Entries() {}

    static List<String> values(SearchResult entry, String attribute) {
        try {
            var found = new ArrayList<String>();
            var all = entry.getAttributes().get(attribute);
            if (all != null) for (int i = 0; i < all.size(); i++) if (all.get(i) instanceof String s) found.add(s);
            return found;
        } catch (NamingException e) {
            throw new IllegalStateException("an attribute of an entry at hand cannot be read", e);
        }
    }

    static Optional<String> first(SearchResult entry, String attribute) {
        return attribute.isEmpty()
                ? Optional.empty()
                : values(entry, attribute).stream().findFirst();
    }

    /// @return the entry's id: the attribute's value; of several, the one that stands in the DN
    static Optional<String> id(SearchResult entry, String attribute) {
        var all = values(entry, attribute);
        if (all.size() < 2) return all.stream().findFirst();
        return Directory.name(entry.getNameInNamespace())
                .filter(n -> !n.isEmpty())
                .map(Entries::last)
                .filter(rdn -> rdn.getType().equalsIgnoreCase(attribute))
                .map(rdn -> rdn.getValue().toString());
    }

    private static Rdn last(LdapName name) {
        return name.getRdn(name.size() - 1);
    }

    /// @param mapping `LDAP_ATTRIBUTE:OUR_ATTRIBUTE`
    static Map<String, String> additional(List<String> mapping) {
        var found = new LinkedHashMap<String, String>();
        for (var pair : mapping) {
            int colon = pair.indexOf(':');
            if (colon > 0)
                found.put(
                        pair.substring(0, colon).strip(),
                        pair.substring(colon + 1).strip());
        }
        return found;
    }
}
