package cloud.yun.objectstore.access;

import cloud.yun.kernel.error.CloudException.Invalid;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// The list of a container: who may read it, or who may write.
///
/// @param referrers hosts, `*` for all, `-` before what is not allowed, `.` before a whole domain
/// @param groups `project:user`, names of roles, `.rlistings`
/// @see <a href="https://docs.openstack.org/swift/latest/overview_acl.html">ACLs</a>
public record Acl(List<String> referrers, List<String> groups) {
    private static final Set<String> REFERRER = Set.of(".r", ".ref", ".referer", ".referrer");
    public static final Acl NONE = new Acl(List.of(), List.of());

    /// @param text as [#clean] left it
    public static Acl parse(String text) {
        var referrers = new ArrayList<String>();
        var groups = new ArrayList<String>();
        for (var part : text.split(",")) {
            var word = part.strip();
            if (word.startsWith(".r:")) referrers.add(word.substring(3));
            else if (!word.isEmpty()) groups.add(word);
        }
        return new Acl(List.copyOf(referrers), List.copyOf(groups));
    }

    /// Brings a list into the one form in which it is kept.
    ///
    /// @param header its name, in lower case
    /// @throws Invalid 400, it says something that lists cannot
    public static String clean(String header, String text) {
        var words = new ArrayList<String>();
        for (var part : text.split(",")) {
            var word = part.strip();
            if (word.isEmpty()) continue;
            int colon = word.indexOf(':');
            var first = colon < 0 ? "" : word.substring(0, colon).strip();
            if (!first.startsWith(".")) {
                words.add(word);
                continue;
            }
            if (!REFERRER.contains(first))
                throw new Invalid("Unknown designator '" + first + "' in ACL: '" + word + "'");
            if (header.contains("write")) throw new Invalid("Referrers not allowed in write ACL: '" + word + "'");
            var second = word.substring(colon + 1).strip();
            boolean negate = second.startsWith("-");
            if (negate) second = second.substring(1).strip();
            if (!second.equals("*") && second.startsWith("*"))
                second = second.substring(1).strip();
            if (second.isEmpty() || second.equals("."))
                throw new Invalid("No host/domain value after referrer designation in ACL: '" + word + "'");
            words.add(".r:" + (negate ? "-" : "") + second);
        }
        return String.join(",", words);
    }

    /// @param referer the header of that name
    public boolean allowsReferrer(Optional<String> referer) {
        var host = referer.flatMap(Acl::host).orElse("unknown");
        boolean allowed = false;
        for (var entry : referrers) {
            boolean negated = entry.startsWith("-");
            var pattern = negated ? entry.substring(1) : entry;
            boolean fits = pattern.equals(host) || (pattern.startsWith(".") && host.endsWith(pattern));
            if (negated && fits) allowed = false;
            else if (!negated && (fits || pattern.equals("*"))) allowed = true;
        }
        return allowed;
    }

    private static Optional<String> host(String url) {
        try {
            return Optional.ofNullable(new URI(url).getHost()).map(h -> h.toLowerCase(Locale.ROOT));
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    public boolean listings() {
        return groups.contains(".rlistings");
    }

    /// @param projects ids and names by which the caller's project may be called
    public boolean names(Set<String> projects, Set<String> users) {
        for (var project : projects) for (var user : users) if (groups.contains(project + ":" + user)) return true;
        return false;
    }

    public boolean namesRole(Set<String> roles) {
        return groups.stream().anyMatch(g -> roles.contains(g.toLowerCase(Locale.ROOT)));
    }
}
