package cloud.yun.placement.query;

import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.http.Microversion;
import cloud.yun.kernel.http.Request;
import cloud.yun.placement.resourceclass.ResourceClassStore;
import cloud.yun.placement.trait.TraitStore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Reads the parameters' little languages.
///
/// @see <a href="https://docs.openstack.org/placement/latest/user/provider-tree.html">Filtering</a>
public final class Parameters {
    private static final String UUID =
            "[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}";

    private Parameters() {}

    /// Which traits a provider must have: one of each set of `any`, none of `none`.
    public record Traits(List<Set<String>> any, Set<String> none) {
        public static final Traits FREE = new Traits(List.of(), Set.of());

        public boolean hold(Collection<String> traits) {
            return any.stream().allMatch(set -> set.stream().anyMatch(traits::contains)) && avoided(traits);
        }

        public boolean avoided(Collection<String> traits) {
            return none.stream().noneMatch(traits::contains);
        }

        Set<String> all() {
            var found = new TreeSet<String>(none);
            any.forEach(found::addAll);
            return found;
        }
    }

    /// Which aggregates a provider must belong to: one of each set of `any`, none of `none`.
    public record Aggregates(List<Set<String>> any, Set<String> none) {
        public static final Aggregates FREE = new Aggregates(List.of(), Set.of());

        public boolean hold(Collection<String> aggregates) {
            return any.stream().allMatch(set -> set.stream().anyMatch(aggregates::contains))
                    && none.stream().noneMatch(aggregates::contains);
        }
    }

    /// @throws Invalid the request has a parameter that is not one of `known`
    public static void known(Request request, Set<String> known) {
        for (var name : request.query().keySet())
            if (!known.contains(name))
                throw new Invalid("Invalid query string parameters: Additional properties are not allowed ('" + name
                        + "' was unexpected)");
    }

    /// `VCPU:2,MEMORY_MB:1024`.
    public static Map<String, Long> resources(String text) {
        var found = new LinkedHashMap<String, Long>();
        for (var item : text.split(",", -1)) {
            var words = item.split(":", -1);
            long amount = words.length == 2 && words[1].matches("\\d{1,18}") ? Long.parseLong(words[1]) : -1;
            if (amount < 0)
                throw new Invalid("Badly formed resources parameter. Expected resources query string parameter in form:"
                        + " ?resources=VCPU:2,MEMORY_MB:1024. Got: " + text + ".");
            if (amount < 1)
                throw new Invalid("Requested resource " + words[0] + " requires an amount greater than zero.");
            found.put(words[0], amount);
        }
        return found;
    }

    /// @throws Invalid one of them is not defined
    public static void defined(ResourceClassStore classes, Collection<String> names) {
        for (var name : classes.unknown(names))
            throw new Invalid("Invalid resource class in resources parameter: No such resource class " + name + ".");
    }

    /// `required=A,!B`, several times, and from 1.39 `required=in:A,B`.
    ///
    /// @param parameter its name, for the message
    public static Traits traits(String parameter, List<String> values, Microversion version, boolean several) {
        var any = new ArrayList<Set<String>>();
        var none = new LinkedHashSet<String>();
        var shown = values.size() == 1 || (several && version.atLeast(39)) ? values : List.of(values.getLast());
        for (var value : shown) {
            if (value.startsWith("in:") && version.atLeast(39)) {
                var names = List.of(value.substring(3).split(",", -1));
                if (names.stream().anyMatch(n -> n.isEmpty() || n.startsWith("!"))) throw malformed(parameter, value);
                any.add(new TreeSet<>(names));
                continue;
            }
            for (var name : value.split(",", -1)) {
                if (name.startsWith("!") && version.atLeast(22)) none.add(name.substring(1));
                else any.add(Set.of(name));
            }
        }
        var traits = new Traits(any, none);
        if (traits.all().stream().anyMatch(n -> !n.matches("[A-Z0-9_]{1,255}"))
                && traits.all().contains("")) throw malformed(parameter, String.join("&", values));
        for (var name : none)
            if (any.contains(Set.of(name)))
                throw new Invalid("Conflicting required and forbidden traits found in the following traits keys: "
                        + parameter + ": (" + name + ").");
        return traits;
    }

    private static Invalid malformed(String parameter, String value) {
        return new Invalid("Invalid query string parameters: Expected '" + parameter
                + "' parameter value of the form: HW_CPU_X86_VMX,CUSTOM_MAGIC. Got: " + value);
    }

    /// @throws Invalid one of them is not defined
    public static void defined(TraitStore traits, String parameter, Traits asked) {
        var unknown = traits.unknown(asked.all());
        if (!unknown.isEmpty())
            throw new Invalid("Invalid trait(s) in \"" + parameter + "\" parameter: No such trait(s): "
                    + String.join(", ", unknown) + ".");
    }

    /// `member_of=UUID`, `in:UUID,UUID`, and from 1.32 each with a `!` in front; several from 1.24 on.
    public static Aggregates memberOf(List<String> values, Microversion version) {
        if (values.size() > 1 && !version.atLeast(24))
            throw new Invalid("Multiple member_of parameters are not supported");
        var any = new ArrayList<Set<String>>();
        var none = new LinkedHashSet<String>();
        for (var value : values) {
            boolean forbidden = value.startsWith("!");
            if (forbidden && !version.atLeast(32))
                throw new Invalid("Forbidden member_of parameters are not supported in the specified microversion");
            var rest = forbidden ? value.substring(1) : value;
            var uuids = new TreeSet<String>();
            for (var uuid : (rest.startsWith("in:") ? rest.substring(3) : rest).split(",", -1)) {
                if (!uuid.matches(UUID))
                    throw new Invalid("Invalid query string parameters: Expected 'member_of' parameter to contain valid"
                            + " UUID(s). Got: " + value);
                uuids.add(uuid);
            }
            if (!rest.startsWith("in:") && uuids.size() > 1)
                throw new Invalid("Multiple values for 'member_of' must be prefixed with the 'in:' keyword");
            if (forbidden) none.addAll(uuids);
            else any.add(uuids);
        }
        return new Aggregates(any, none);
    }

    /// @throws Invalid `value` is no UUID
    public static String uuid(String parameter, String value) {
        if (value.matches(UUID)) return value;
        throw new Invalid("Expected '" + parameter + "' parameter to be a format of uuid. Got: " + value);
    }
}
