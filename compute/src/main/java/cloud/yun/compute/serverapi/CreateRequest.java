package cloud.yun.compute.serverapi;

import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.http.Microversion;
import cloud.yun.kernel.http.Request;
import cloud.yun.network.ServerPorts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What the body of `POST /servers` says, before anything is looked up.
///
/// @param networks what was asked for; empty with `networksNamed` false means: the standard ones
/// @param standardNetworks whether the user named none, or `auto`
/// @param hints scheduler hints as given
record CreateRequest(
        String name,
        String flavorRef,
        Optional<String> imageRef,
        Optional<String> adminPassword,
        Map<String, String> metadata,
        List<ServerPorts.Wanted> networks,
        boolean standardNetworks,
        String diskConfig,
        Optional<String> accessV4,
        Optional<String> accessV6,
        Map<String, String> files,
        Optional<String> zone,
        List<BlockDevice> devices,
        boolean configDrive,
        Optional<String> keyName,
        int minCount,
        int maxCount,
        boolean returnReservation,
        List<String> securityGroups,
        Optional<String> userData,
        Optional<String> description,
        List<String> tags,
        Optional<String> hostname,
        Optional<String> host,
        Optional<String> node,
        ObjectNode hints) {
    static final Pattern UUID_FORM =
            Pattern.compile("[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}");
    private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/=\\s]*");
    private static final Pattern V4 =
            Pattern.compile("((25[0-5]|2[0-4]\\d|1?\\d?\\d)\\.){3}(25[0-5]|2[0-4]\\d|1?\\d?\\d)");
    private static final Set<String> YES = Set.of("1", "t", "true", "on", "y", "yes");

    /// @throws Invalid in Nova's words
    static CreateRequest of(Request request) {
        var version = request.microversion();
        var s = request.object("server");
        int min = count(s.path("min_count"), 1);
        int max = count(s.path("max_count"), Math.max(min, 1));
        if (min > max) throw new Invalid("min_count must be <= max_count");
        if (!s.path("trusted_image_certificates").isMissingNode()
                && !s.path("trusted_image_certificates").isNull())
            throw new Invalid("Image signature certificate validation is not enabled, so trusted image certificates"
                    + " cannot be used.");
        var networks = networks(s.path("networks"), version, max);
        return new CreateRequest(
                s.path("name").asString().strip(),
                s.path("flavorRef").asString(),
                text(s, "imageRef").filter(i -> !i.isEmpty()),
                text(s, "adminPass"),
                strings(s.path("metadata")),
                networks,
                s.path("networks").isMissingNode()
                        || s.path("networks").asString("").equals("auto"),
                text(s, "OS-DCF:diskConfig").orElse("MANUAL"),
                address(s, "accessIPv4", "ipv4"),
                address(s, "accessIPv6", "ipv6"),
                files(s.path("personality")),
                text(s, "availability_zone"),
                BlockDevice.all(s),
                bool(s.path("config_drive")),
                text(s, "key_name"),
                min,
                max,
                bool(s.path("return_reservation_id")),
                s.path("security_groups")
                        .valueStream()
                        .map(g -> g.path("name").asString(""))
                        .filter(g -> !g.isEmpty())
                        .distinct()
                        .toList(),
                userData(s),
                // Before descriptions there were names, and those who made a server then see its name there.
                version.atLeast(19)
                        ? text(s, "description")
                        : Optional.of(s.path("name").asString().strip()),
                s.path("tags").valueStream().map(JsonNode::asString).distinct().toList(),
                text(s, "hostname"),
                text(s, "host"),
                text(s, "hypervisor_hostname"),
                hints(request.body()));
    }

    /// @return the same, booted from one of these devices and not from an image
    CreateRequest on(List<BlockDevice> others) {
        return new CreateRequest(
                name,
                flavorRef,
                Optional.empty(),
                adminPassword,
                metadata,
                networks,
                standardNetworks,
                diskConfig,
                accessV4,
                accessV6,
                files,
                zone,
                others,
                configDrive,
                keyName,
                minCount,
                maxCount,
                returnReservation,
                securityGroups,
                userData,
                description,
                tags,
                hostname,
                host,
                node,
                hints);
    }

    private static ObjectNode hints(JsonNode body) {
        if (body.get("os:scheduler_hints") instanceof ObjectNode o) return o;
        if (body.get("OS-SCH-HNT:scheduler_hints") instanceof ObjectNode o) return o;
        return cloud.yun.kernel.json.Json.object();
    }

    static Optional<String> text(JsonNode object, String field) {
        var value = object.path(field);
        return value.isMissingNode() || value.isNull() ? Optional.empty() : Optional.of(value.asString());
    }

    static Map<String, String> strings(JsonNode object) {
        var all = new LinkedHashMap<String, String>();
        object.properties().forEach(e -> all.put(e.getKey(), e.getValue().asString()));
        return all;
    }

    static boolean bool(JsonNode value) {
        return value.isBoolean()
                ? value.booleanValue()
                : YES.contains(value.asString("").toLowerCase(Locale.ROOT));
    }

    private static int count(JsonNode value, int otherwise) {
        if (value.isMissingNode()) return otherwise;
        try {
            return Integer.parseInt(value.asString());
        } catch (NumberFormatException e) {
            throw new Invalid("Invalid input for field/attribute min_count. Value: " + value.asString()
                    + ". It is not an integer");
        }
    }

    /// @throws Invalid in jsonschema's words, when it is not an address of that kind
    static Optional<String> address(JsonNode object, String field, String format) {
        var text = text(object, field);
        if (text.isEmpty() || text.get().isEmpty()) return Optional.empty();
        boolean good = format.equals("ipv4") ? V4.matcher(text.get()).matches() : v6(text.get());
        if (!good)
            throw new Invalid("Invalid input for field/attribute " + field + ". Value: " + text.get() + ". '"
                    + text.get() + "' is not a '" + format + "'");
        return format.equals("ipv6") ? text.map(cloud.yun.compute.api.Ipv6::canonical) : text;
    }

    private static boolean v6(String text) {
        if (!text.contains(":") || !text.matches("[0-9a-fA-F:.]{2,45}")) return false;
        try {
            return java.net.InetAddress.ofLiteral(text) instanceof java.net.Inet6Address;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /// @throws Invalid in jsonschema's words; as in Python, what is no letter of base64 does not count
    static Optional<String> userData(JsonNode object) {
        var text = text(object, "user_data").orElse("");
        if (text.replaceAll("[^A-Za-z0-9+/=]", "").length() % 4 != 0)
            throw new Invalid("Invalid input for field/attribute user_data. Value: " + text + ". '" + text
                    + "' is not a 'base64'");
        return text(object, "user_data");
    }

    static Map<String, String> files(JsonNode personality) {
        var all = new LinkedHashMap<String, String>();
        personality
                .valueStream()
                .forEach(f -> all.put(
                        f.path("path").asString(""), base64(f.path("contents").asString(""))));
        return all;
    }

    private static String base64(String text) {
        try {
            java.util.Base64.getMimeDecoder().decode(text);
            if (BASE64.matcher(text).matches()) return text;
        } catch (IllegalArgumentException e) {
            // said below, as for letters that are none of it
        }
        throw new Invalid(
                "Invalid input for field/attribute contents. Value: " + text + ". '" + text + "' is not a 'base64'");
    }

    private static List<ServerPorts.Wanted> networks(JsonNode networks, Microversion version, int maxCount) {
        var found = new ArrayList<ServerPorts.Wanted>();
        if (!networks.isArray()) return found;
        for (var n : networks) {
            var port = text(n, "port");
            var network = text(n, "uuid");
            var fixed = text(n, "fixed_ip");
            if (port.isPresent() && fixed.isPresent())
                throw new Invalid("Specified Fixed IP '" + fixed.get() + "' cannot be used with port '" + port.get()
                        + "': the two cannot be specified together.");
            if (port.isPresent() && maxCount > 1)
                throw new Invalid("Unable to launch multiple instances with a single configured port ID. Please launch"
                        + " your instance one by one with different ports.");
            if (fixed.isPresent() && maxCount > 1)
                throw new Invalid("max_count cannot be greater than 1 if an fixed_ip is specified.");
            if (port.isEmpty() && network.isEmpty()) throw new Invalid("Bad network format: missing 'uuid'");
            if (port.isEmpty() && !UUID_FORM.matcher(network.get()).matches())
                throw new Invalid("Bad networks format: network uuid is not in proper format (" + network.get() + ")");
            fixed.ifPresent(CreateRequest::requireAddress);
            // A port says which network it is on.
            found.add(new ServerPorts.Wanted(
                    port.isPresent() ? Optional.empty() : network,
                    port,
                    fixed,
                    version.atLeast(32) ? text(n, "tag") : Optional.empty()));
        }
        return found;
    }

    private static void requireAddress(String text) {
        if (!V4.matcher(text).matches() && !v6(text))
            throw new Invalid("Invalid input for field/attribute fixed_ip. Value: " + text + ". '" + text
                    + "' is not a 'ip-address'");
    }
}
