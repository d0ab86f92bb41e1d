package cloud.yun.host.libvirt;

import java.time.Instant;
import java.util.Optional;

/// What Nova writes into a domain for tools that look at the host: who owns it and what it was made from.
///
/// @param rootImageId empty for a server booted from a volume
public record NovaMetadata(
        String name,
        Instant created,
        String flavorName,
        long memoryMib,
        long diskGib,
        long swapMib,
        long ephemeralGib,
        int vcpus,
        String userId,
        String userName,
        String projectId,
        String projectName,
        Optional<String> rootImageId) {
    public static final String NAMESPACE = "http://openstack.org/xmlns/libvirt/nova/1.1";

    public String toXml() {
        var xml = new StringBuilder();
        xml.append("<nova:instance xmlns:nova='").append(NAMESPACE).append("'>");
        xml.append("<nova:name>").append(Xml.escape(name)).append("</nova:name>");
        String time = created.toString().replace('T', ' ');
        xml.append("<nova:creationTime>")
                .append(time, 0, Math.min(19, time.length()))
                .append("</nova:creationTime>");
        xml.append("<nova:flavor name='").append(Xml.escape(flavorName)).append("'>");
        xml.append("<nova:memory>%d</nova:memory><nova:disk>%d</nova:disk><nova:swap>%d</nova:swap>"
                .formatted(memoryMib, diskGib, swapMib));
        xml.append("<nova:ephemeral>%d</nova:ephemeral><nova:vcpus>%d</nova:vcpus></nova:flavor>"
                .formatted(ephemeralGib, vcpus));
        xml.append(
                "<nova:owner><nova:user uuid='%s'>%s</nova:user><nova:project uuid='%s'>%s</nova:project></nova:owner>"
                        .formatted(
                                Xml.escape(userId),
                                Xml.escape(userName),
                                Xml.escape(projectId),
                                Xml.escape(projectName)));
        rootImageId.ifPresent(i -> xml.append("<nova:root type='image' uuid='%s'/>".formatted(Xml.escape(i))));
        return xml.append("</nova:instance>").toString();
    }
}
