package cloud.yun.identity.ldap;

import cloud.yun.identity.base.Filters;
import java.util.ArrayList;
import java.util.Locale;

/// The filters on names that a list request may have: first by the directory, which mostly does not tell upper
/// from lower case, then exactly.
final class Names {
    private Names() {}

    static LdapFilter filter(String attribute, Filters filters) {
        var parts = new ArrayList<LdapFilter>();
        filters.name()
                .forEach((comparator, value) -> parts.add(
                        switch (comparator) {
                            case "contains", "icontains" -> LdapFilter.contains(attribute, value);
                            case "startswith", "istartswith" -> LdapFilter.startsWith(attribute, value);
                            case "endswith", "iendswith" -> LdapFilter.endsWith(attribute, value);
                            default -> LdapFilter.equal(attribute, value);
                        }));
        return parts.isEmpty() ? LdapFilter.present(attribute) : LdapFilter.all(parts);
    }

    static boolean match(Filters filters, String name) {
        return filters.name().entrySet().stream().allMatch(f -> match(f.getKey(), f.getValue(), name));
    }

    private static boolean match(String comparator, String value, String name) {
        var lower = name.toLowerCase(Locale.ROOT);
        var wanted = value.toLowerCase(Locale.ROOT);
        return switch (comparator) {
            case "contains", "icontains" -> lower.contains(wanted);
            case "startswith", "istartswith" -> lower.startsWith(wanted);
            case "endswith", "iendswith" -> lower.endsWith(wanted);
            case "iexact" -> lower.equals(wanted);
            default -> name.equals(value);
        };
    }
}
