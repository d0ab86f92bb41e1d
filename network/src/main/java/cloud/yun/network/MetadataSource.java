package cloud.yun.network;

import java.util.Optional;

/// What the metadata service of a network asks compute. Compute implements it; `app` wires it.
@FunctionalInterface
public interface MetadataSource {
    record Document(String contentType, byte[] bytes) {}

    /// @param serverId whose address asked
    /// @param path for example `/openstack/latest/meta_data.json`, `/2009-04-04/meta-data/instance-id`
    /// @return empty when there is no such document
    Optional<Document> read(String serverId, String path);
}
