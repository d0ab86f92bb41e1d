package cloud.yun.image.web;

import cloud.yun.kernel.error.CloudException.Invalid;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Which addresses the cloud fetches for a user, as `[import_filtering_opts]` says.
///
/// A name of a list of hosts is compared as it is written. Addresses inside of this host (loopback, link-local, its
/// own) are refused whatever name leads to them, unless the operator allowed the host by its name: a user must not
/// reach through the cloud what listens only there.
///
/// @param allowedHosts empty, or with `*`: all
/// @param allowedPorts empty: all
public record ImportFilter(
        List<String> allowedSchemes,
        List<String> disallowedSchemes,
        List<String> allowedHosts,
        List<String> disallowedHosts,
        List<String> allowedPorts,
        List<String> disallowedPorts) {

    /// Where to connect to.
    ///
    /// @param address judged; its host name is that of the URI
    record Target(URI uri, InetAddress address, int port) {}

    /// By the text alone, before anything is looked up.
    ///
    /// @throws Invalid it is not to be fetched
    public URI check(String text) {
        return passing(text).orElseThrow(() -> new Invalid("URI for web-download does not pass filtering: " + text));
    }

    private Optional<URI> passing(String text) {
        URI uri;
        try {
            uri = URI.create(text.strip());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        if (uri.getScheme() == null || uri.getHost() == null || uri.getUserInfo() != null) return Optional.empty();
        var scheme = uri.getScheme().toLowerCase(Locale.ROOT);
        // Others than these two are not spoken here, whatever the lists say.
        boolean spoken = scheme.equals("http") || scheme.equals("https");
        boolean passes = spoken
                && passes(scheme, allowedSchemes, disallowedSchemes)
                && passes(host(uri), allowedHosts, disallowedHosts)
                && passes(Integer.toString(port(uri)), allowedPorts, disallowedPorts);
        return passes ? Optional.of(uri) : Optional.empty();
    }

    private static boolean passes(String value, List<String> allowed, List<String> disallowed) {
        return (allowed.isEmpty() || allowed.contains("*") || allowed.contains(value)) && !disallowed.contains(value);
    }

    private static String host(URI uri) {
        var host = uri.getHost().toLowerCase(Locale.ROOT);
        if (host.startsWith("[")) host = host.substring(1, host.length() - 1);
        return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    }

    static int port(URI uri) {
        if (uri.getPort() >= 0) return uri.getPort();
        return uri.getScheme().equalsIgnoreCase("https") ? 443 : 80;
    }

    /// Looks the host up and judges where it leads.
    ///
    /// @throws Invalid it is not to be fetched, or nobody knows the host
    Target resolve(String text) {
        var uri = check(text);
        var host = host(uri);
        try {
            for (var address : InetAddress.getAllByName(host))
                if (allowedHosts.contains(host) || !inside(address)) return new Target(uri, address, port(uri));
        } catch (UnknownHostException e) {
            throw new Invalid("The host of " + text + " is not known.");
        } catch (SocketException e) {
            throw new IllegalStateException("the addresses of this host cannot be read", e);
        }
        throw new Invalid("URI for web-download does not pass filtering: " + text);
    }

    private static boolean inside(InetAddress address) throws SocketException {
        return address.isLoopbackAddress()
                || address.isAnyLocalAddress()
                || address.isLinkLocalAddress()
                || address.isMulticastAddress()
                || NetworkInterface.getByInetAddress(address) != null;
    }
}
