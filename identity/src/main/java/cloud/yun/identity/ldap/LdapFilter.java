package cloud.yun.identity.ldap;

import java.util.List;

/// A search filter. What users send gets in only as a value, and every value is escaped here, so that no request
/// can change the shape of a filter.
///
/// @param text as RFC 4515 writes it
/// @see <a href="https://www.rfc-editor.org/rfc/rfc4515">RFC 4515</a>
record LdapFilter(String text) {
    /// @param configured by the operator, with or without its outer parentheses
    static LdapFilter trusted(String configured) {
        var text = configured.strip();
        return new LdapFilter(text.startsWith("(") ? text : "(" + text + ")");
    }

    static LdapFilter equal(String attribute, String value) {
        return new LdapFilter("(" + attribute + "=" + escaped(value) + ")");
    }

    /// @param before text in front of the middle: `*` or nothing
    private static LdapFilter part(String attribute, String before, String value, String behind) {
        return new LdapFilter("(" + attribute + "=" + before + escaped(value) + behind + ")");
    }

    static LdapFilter startsWith(String attribute, String value) {
        return part(attribute, "", value, "*");
    }

    static LdapFilter endsWith(String attribute, String value) {
        return part(attribute, "*", value, "");
    }

    static LdapFilter contains(String attribute, String value) {
        return part(attribute, "*", value, "*");
    }

    static LdapFilter present(String attribute) {
        return new LdapFilter("(" + attribute + "=*)");
    }

    /// Active Directory's LDAP_MATCHING_RULE_IN_CHAIN.
    static LdapFilter inChain(String attribute, String value) {
        return new LdapFilter("(" + attribute + ":1.2.840.113556.1.4.1941:=" + escaped(value) + ")");
    }

    static LdapFilter all(List<LdapFilter> parts) {
        return join('&', parts);
    }

    static LdapFilter any(List<LdapFilter> parts) {
        return join('|', parts);
    }

    private static LdapFilter join(char sign, List<LdapFilter> parts) {
        if (parts.size() == 1) return parts.getFirst();
        var text = new StringBuilder("(").append(sign);
        parts.forEach(p -> text.append(p.text()));
        return new LdapFilter(text.append(')').toString());
    }

    private static String escaped(String value) {
        var text = new StringBuilder(value.length() + 8);
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '\\', '*', '(', ')', '\0' -> text.append(String.format("\\%02x", (int) c));
                default -> text.append(c);
            }
        }
        return text.toString();
    }
}
