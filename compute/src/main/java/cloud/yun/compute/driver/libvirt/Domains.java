package cloud.yun.compute.driver.libvirt;

import cloud.yun.host.libvirt.Domain;
import cloud.yun.host.libvirt.DomainEvent;
import cloud.yun.host.libvirt.Libvirt;
import cloud.yun.host.libvirt.LibvirtError;
import cloud.yun.host.libvirt.LibvirtException;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.error.CloudException.Unavailable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The connection to libvirt, made when first needed and again after libvirt was away, and which of its domains are
/// ours.
///
/// What libvirt answers becomes an error that users may read: no answer is `Unavailable`, no domain is `NotFound`.
final class Domains implements AutoCloseable {
    private static final String NAMESPACE = "https://yun.cloud/xmlns/libvirt/1";
    private static final Set<LibvirtError> NO_ANSWER = EnumSet.of(
            LibvirtError.NO_CONNECT,
            LibvirtError.INVALID_CONN,
            LibvirtError.DEADLINE,
            LibvirtError.INTERRUPTED,
            LibvirtError.NO_LIBRARY,
            LibvirtError.RPC,
            LibvirtError.AUTH_FAILED);

    private final Supplier<String> uri;
    private final String cloud;
    private final Consumer<DomainEvent> events;
    private final Map<UUID, Boolean> ownership = new ConcurrentHashMap<>();
    private @Nullable Libvirt connection;

    /// @param uri says where libvirt is, and may start it; asked whenever there is no connection
    /// @param instances our directory: two clouds on one machine differ by it
    Domains(Supplier<String> uri, Path instances, Consumer<DomainEvent> events) {
        this.uri = uri;
        this.events = events;
        // A short name for the directory, in which nothing needs escaping.
        this.cloud = UUID.nameUUIDFromBytes(instances.toString().getBytes(StandardCharsets.UTF_8))
                .toString();
    }

    /// @return the element that makes a domain ours
    String mark() {
        return "<yun:cloud xmlns:yun='" + NAMESPACE + "'>" + cloud + "</yun:cloud>";
    }

    private synchronized Libvirt libvirt() {
        var current = connection;
        if (current != null && current.alive()) return current;
        var where = uri.get();
        if (current == null || !current.uri().equals(where)) {
            if (current != null) current.close();
            current = Libvirt.connect(where);
            current.onEvent(events);
            connection = current;
        }
        return current;
    }

    /// Runs calls of libvirt.
    ///
    /// @throws Unavailable libvirt does not answer
    /// @throws NotFound the domain is gone
    <T> T call(Function<Libvirt, T> work) {
        try {
            return work.apply(libvirt());
        } catch (LibvirtException e) {
            if (e.connectionLost() || NO_ANSWER.contains(e.error()))
                throw new Unavailable(
                        "The hypervisor of the host does not answer. Please try again later.",
                        "libvirt: " + e.getMessage(),
                        e);
            if (e.is(LibvirtError.NO_DOMAIN)) throw new NotFound("The guest is not on this host.");
            throw e;
        }
    }

    /// @return the server's domain, if there is one and it is ours
    Optional<Domain> find(String serverId) {
        return call(libvirt -> libvirt.find(UUID.fromString(serverId)).filter(this::ours));
    }

    /// @throws NotFound there is none
    Domain require(String serverId) {
        return find(serverId).orElseThrow(() -> new NotFound("The guest is not on this host."));
    }

    List<Domain> all() {
        return call(libvirt -> {
            var found = new ArrayList<Domain>();
            var seen = ConcurrentHashMap.<UUID>newKeySet();
            for (var domain : libvirt.domains()) {
                seen.add(domain.uuid());
                if (ours(domain)) found.add(domain);
            }
            ownership.keySet().retainAll(seen);
            return found;
        });
    }

    /// Looked up once for each domain: the mark is in its definition from the beginning.
    boolean ours(Domain domain) {
        var known = ownership.get(domain.uuid());
        if (known != null) return known;
        try {
            var metadata = domain.xml();
            boolean mine = metadata.contains(NAMESPACE) && metadata.contains(">" + cloud + "<");
            ownership.put(domain.uuid(), mine);
            return mine;
        } catch (LibvirtException e) {
            if (e.is(LibvirtError.NO_DOMAIN)) return false; // gone between the list and the look
            throw e;
        }
    }

    /// A domain of this id is about to be made by us.
    void forget(String serverId) {
        ownership.remove(UUID.fromString(serverId));
    }

    @Override
    public synchronized void close() {
        if (connection != null) connection.close();
        connection = null;
    }
}
