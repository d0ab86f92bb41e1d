package cloud.yun.identity.federation;

import cloud.yun.identity.base.Workbench;
import cloud.yun.identity.federation.idp.IdentityProviderRoutes;
import cloud.yun.identity.federation.idp.IdentityProviders;
import cloud.yun.identity.federation.idp.Protocols;
import cloud.yun.identity.federation.mapping.MappingRoutes;
import cloud.yun.identity.federation.mapping.Mappings;
import cloud.yun.identity.federation.sp.Saml2Metadata;
import cloud.yun.identity.federation.sp.ServiceProviderRoutes;
import cloud.yun.identity.federation.sp.ServiceProviders;
import cloud.yun.kernel.config.Config;
import cloud.yun.kernel.config.Option;
import cloud.yun.kernel.http.Route;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Wires federation.
public final class FederationModule {
    private static final Option<String> SCHEMA_VERSION = Option.text(
            "federation",
            "attribute_mapping_default_schema_version",
            "1.0",
            "What the rules of a mapping may say that names no schema_version itself: 1.0, 2.0 or 3.0.");
    private static final Option<String> RELAY_STATE_PREFIX = Option.text(
            "saml",
            "relay_state_prefix",
            "ss:mem:",
            "What the RelayState begins with for a service provider that says none itself.");
    private static final Option<String> METADATA = Option.text(
            "saml",
            "idp_metadata_path",
            "",
            "The SAML 2 metadata that service providers read. Empty: identity/saml2_idp_metadata.xml in the data"
                    + " directory.");

    public static final List<Option<?>> OPTIONS = List.of(SCHEMA_VERSION, RELAY_STATE_PREFIX, METADATA);

    private final List<Route> routes = new ArrayList<>();

    /// @param data the data directory
    public FederationModule(Workbench bench, Config config, Path data) {
        routes.addAll(new IdentityProviderRoutes(new IdentityProviders(bench), new Protocols(bench)).routes());
        routes.addAll(new MappingRoutes(new Mappings(bench, config.get(SCHEMA_VERSION))).routes());
        var configured = config.get(METADATA);
        var metadata = configured.isEmpty() ? data.resolve("identity/saml2_idp_metadata.xml") : Path.of(configured);
        var providers = new ServiceProviders(bench, config.get(RELAY_STATE_PREFIX));
        routes.addAll(new ServiceProviderRoutes(providers, new Saml2Metadata(metadata)).routes());
    }

    public List<Route> routes() {
        return List.copyOf(routes);
    }
}
