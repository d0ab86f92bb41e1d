package cloud.yun.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetadefTest {
    private static final String ROOT = "/v2/metadefs/namespaces";

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void namespace_whenMadeWhole_isShownWholeToWhoMaySeeIt(String kind) {
        try (var house = new House(kind, directory)) {
            var admin = new Client(house.serve(), "admin-token");
            var demo = new Client(admin.url(), "demo-token");
            var body = """
                    {"namespace": "My::Disks", "visibility": "private", "protected": true,
                     "resource_type_associations": [{"name": "OS::Glance::Image", "prefix": "hw_"}],
                     "properties": {"bus": {"title": "Bus", "type": "string"}},
                     "objects": [{"name": "o", "required": ["bus"]}], "tags": [{"name": "t1"}]}
                    """;
            assertThat(demo.post(ROOT, body).statusCode()).isEqualTo(403);
            assertThat(admin.post(ROOT, body).statusCode()).isEqualTo(201);
            assertThat(admin.post(ROOT, body).statusCode()).isEqualTo(409);
            assertThat(demo.get(ROOT + "/My::Disks").statusCode()).isEqualTo(404);
            assertThat(demo.tree(ROOT).path("namespaces")).isEmpty();
            assertThat(admin.delete(ROOT + "/My::Disks").statusCode()).isEqualTo(403);
            assertThat(admin.put(ROOT + "/My::Disks", "{\"namespace\": \"Disks\", \"visibility\": \"public\"}")
                            .statusCode())
                    .isEqualTo(200);

            var whole = demo.tree(ROOT + "/Disks?resource_type=OS::Glance::Image");
            assertThat(whole.at("/properties/hw_bus/title").stringValue()).isEqualTo("Bus");
            assertThat(whole.at("/objects/0/required/0").stringValue()).isEqualTo("bus");
            assertThat(whole.at("/tags/0/name").stringValue()).isEqualTo("t1");
            assertThat(demo.tree(ROOT + "?resource_types=OS::Nova::Flavor,OS::Glance::Image")
                            .path("namespaces"))
                    .hasSize(1);
            assertThat(demo.tree(ROOT + "?resource_types=OS::Nova::Flavor").path("namespaces"))
                    .isEmpty();
            assertThat(demo.post(ROOT + "/Disks/tags/t2", "").statusCode()).isEqualTo(404);

            assertThat(admin.send(
                                    "POST",
                                    ROOT + "/Disks/tags",
                                    "application/json",
                                    BodyPublishers.ofString("{\"tags\": [{\"name\": \"t2\"}]}"),
                                    "X-Openstack-Append",
                                    "True")
                            .statusCode())
                    .isEqualTo(201);
            assertThat(demo.tree(ROOT + "/Disks/tags").path("tags")).hasSize(2);
            assertThat(admin.post(ROOT + "/Disks/tags", "{\"tags\": [{\"name\": \"t3\"}]}")
                            .statusCode())
                    .isEqualTo(201);
            assertThat(demo.tree(ROOT + "/Disks/tags").at("/tags/0/name").stringValue())
                    .isEqualTo("t3");
            assertThat(admin.put(
                                    ROOT + "/Disks/properties/bus",
                                    "{\"name\": \"bus2\", \"title\": \"B\", \"type\":" + " \"string\"}")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(admin.put(ROOT + "/Disks/properties/bus2", "{\"name\": \"bus2\"}")
                            .statusCode())
                    .isEqualTo(400);
            assertThat(demo.tree(ROOT + "/Disks/properties")
                            .at("/properties/bus2/title")
                            .stringValue())
                    .isEqualTo("B");
            assertThat(admin.delete(ROOT + "/Disks/objects/o").statusCode()).isEqualTo(204);
            assertThat(admin.delete(ROOT + "/Disks/objects/o").statusCode()).isEqualTo(404);
            assertThat(admin.delete(ROOT + "/Disks/resource_types/OS::Glance::Image")
                            .statusCode())
                    .isEqualTo(204);
            assertThat(admin.delete(ROOT + "/Disks").statusCode()).isEqualTo(204);
            assertThat(admin.get(ROOT + "/Disks/tags").statusCode()).isEqualTo(404);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void list_whenPaged_goesThroughAllByItsLinks(String kind) {
        try (var house = new House(kind, directory)) {
            var admin = new Client(house.serve(), "admin-token");
            for (int i = 0; i < 5; i++) admin.post(ROOT, "{\"namespace\": \"N" + i + "\", \"visibility\": \"public\"}");
            var seen = new java.util.ArrayList<String>();
            var path = ROOT + "?limit=2&sort_key=namespace&sort_dir=asc";
            while (!path.isEmpty()) {
                var page = admin.tree(path);
                page.path("namespaces")
                        .forEach(n -> seen.add(n.path("namespace").stringValue()));
                path = page.path("next").asString("");
            }
            assertThat(seen).containsExactly("N0", "N1", "N2", "N3", "N4");
        }
    }
}
