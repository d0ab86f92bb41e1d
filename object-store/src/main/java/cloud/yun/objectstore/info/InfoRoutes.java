package cloud.yun.objectstore.info;

import cloud.yun.kernel.http.Reply;
import cloud.yun.kernel.http.Route;
import cloud.yun.kernel.json.Json;
import cloud.yun.objectstore.base.Limits;
import cloud.yun.objectstore.container.Container;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// Discoverability: the limits, and what of Swift's middleware is there.
///
/// @see <a href="https://docs.openstack.org/api-ref/object-store/#discoverability">GET /info</a>
public final class InfoRoutes {
    private static final String VERSION = "2.37.0";

    private final Limits limits;
    private final List<String> tempUrlDigests;
    private final List<String> formPostDigests;

    public InfoRoutes(Limits limits, Set<String> tempUrlDigests, Set<String> formPostDigests) {
        this.limits = limits;
        this.tempUrlDigests = tempUrlDigests.stream().sorted().toList();
        this.formPostDigests = formPostDigests.stream().sorted().toList();
    }

    public List<Route> routes() {
        return List.of(
                Route.get("/info", _ -> Reply.ok(info())).open(),
                Route.get("/healthcheck", _ -> Reply.text(200, "OK", "text/plain"))
                        .open(),
                Route.get("/crossdomain.xml", _ -> Reply.text(200, crossDomain(), "application/xml"))
                        .open());
    }

    private static String crossDomain() {
        return """
                <?xml version="1.0"?>
                <!DOCTYPE cross-domain-policy SYSTEM "http://www.adobe.com/xml/dtds/cross-domain-policy.dtd" >
                <cross-domain-policy>
                <allow-access-from domain="*" secure="false" />
                </cross-domain-policy>""";
    }

    private ObjectNode info() {
        var info = Json.object();
        var swift = info.putObject("swift");
        swift.put("version", VERSION)
                .put("strict_cors_mode", true)
                .put("account_autocreate", true)
                .put("allow_account_management", true)
                .put("allow_open_expired", false)
                .put("max_file_size", limits.fileSizeMax())
                .put("max_meta_name_length", limits.metaNameMax())
                .put("max_meta_value_length", limits.metaValueMax())
                .put("max_meta_count", limits.metaCountMax())
                .put("max_meta_overall_size", limits.metaOverallMax())
                .put("max_header_size", limits.headerSizeMax())
                .put("max_object_name_length", limits.objectNameMax())
                .put("max_container_name_length", limits.containerNameMax())
                .put("max_account_name_length", limits.accountNameMax())
                .put("container_listing_limit", limits.containerListingMax())
                .put("account_listing_limit", limits.accountListingMax())
                .put("extra_header_count", 0);
        swift.putArray("valid_api_versions").add("v1").add("v1.0");
        swift.putArray("policies")
                .addObject()
                .put("name", Container.POLICY)
                .put("aliases", Container.POLICY)
                .put("default", true);
        info.putObject("account_quotas");
        info.putObject("container_quotas");
        info.putObject("bulk_delete").put("max_deletes_per_request", 10_000).put("max_failed_deletes", 1_000);
        info.putObject("bulk_upload")
                .put("max_containers_per_extraction", 10_000)
                .put("max_failed_extractions", 1_000);
        info.putObject("crossdomain");
        info.putObject("dlo").put("max_segments_per_second", 0);
        info.putObject("slo")
                .put("max_manifest_segments", 1_000)
                .put("max_manifest_size", 8 << 20)
                .put("min_segment_size", 1);
        info.putObject("staticweb");
        info.putObject("versioned_writes")
                .putArray("allowed_flags")
                .add("x-versions-location")
                .add("x-history-location");
        info.putObject("object_versioning");
        var tempUrl = info.putObject("tempurl");
        for (var method : List.of("GET", "HEAD", "PUT", "POST", "DELETE"))
            tempUrl.withArray("methods").add(method);
        tempUrl.putArray("incoming_remove_headers").add("x-timestamp");
        tempUrl.putArray("incoming_allow_headers");
        tempUrl.putArray("outgoing_remove_headers").add("x-object-meta-*");
        tempUrl.putArray("outgoing_allow_headers").add("x-object-meta-public-*");
        tempUrlDigests.forEach(tempUrl.putArray("allowed_digests")::add);
        formPostDigests.forEach(info.putObject("formpost").putArray("allowed_digests")::add);
        return info;
    }
}
