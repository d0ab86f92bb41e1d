package cloud.yun.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.yun.kernel.config.Config;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What clients may not do to properties, and which data is not taken.
class ProtectionTest {
    @TempDir
    Path directory;

    private House house(String rules, String config) throws Exception {
        var file = Files.writeString(directory.resolve("protections.conf"), rules);
        return new House("sqlite", directory, "[DEFAULT]\nproperty_protection_file = " + file + "\n" + config);
    }

    private static String patch(String operation, String name) {
        return "[{\"op\": \"" + operation + "\", \"path\": \"/" + name + "\", \"value\": \"2\"}]";
    }

    @Test
    void properties_whenProtected_changeOnlyForWhoMay() throws Exception {
        var rules = """
                [^x_billing_.*]
                create = admin
                read = admin
                update = admin
                delete = admin
                [^x_once$]
                create = @
                read = @
                update = !
                delete = !
                [.*]
                create = admin,member
                read = admin,member
                update = admin,member
                delete = admin,member
                """;
        try (var house = house(rules, "")) {
            var demo = new Client(house.serve(), "demo-token");
            var admin = new Client(demo.url(), "admin-token");
            assertThat(demo.post("/v2/images", "{\"x_billing_code\": \"1\"}").statusCode())
                    .isEqualTo(403);
            var id = demo.create("x", ", \"x_once\": \"1\", \"free\": \"1\"");
            assertThat(demo.patch(id, patch("add", "x_billing_code")).statusCode())
                    .isEqualTo(403);
            assertThat(admin.patch(id, patch("add", "x_billing_code")).statusCode())
                    .isEqualTo(200);
            assertThat(demo.tree("/v2/images/" + id).has("x_billing_code")).isFalse();
            assertThat(demo.tree("/v2/images").at("/images/0").has("x_billing_code"))
                    .isFalse();
            assertThat(admin.tree("/v2/images/" + id).has("x_billing_code")).isTrue();
            assertThat(demo.patch(id, patch("replace", "x_once")).statusCode()).isEqualTo(403);
            assertThat(demo.patch(id, patch("remove", "x_once")).statusCode()).isEqualTo(403);
            assertThat(demo.patch(id, patch("replace", "free")).statusCode()).isEqualTo(200);
            assertThat(demo.patch(id, patch("remove", "free")).statusCode()).isEqualTo(200);
            // What the caller does not see stays when it changes something else.
            assertThat(admin.tree("/v2/images/" + id).has("x_billing_code")).isTrue();
        }
    }

    @Test
    void start_whenTheRulesMakeNoSense_isRefused() {
        for (var rules : new String[] {"[x(]\nread = @\n", "[x]\nread = @,!\n", "read = @\n"})
            assertThatThrownBy(() -> house(rules, "").close()).isInstanceOf(Config.Wrong.class);
        assertThatThrownBy(() -> new House("sqlite", directory, "[DEFAULT]\nproperty_protection_file = /nowhere\n"))
                .isInstanceOf(Config.Wrong.class)
                .hasMessageContaining("Couldn't find property protection file");
    }

    @Test
    void properties_whenOfTheHouse_belongToNobodyElse() throws Exception {
        try (var house = house("[.*]\ncreate = @\nread = @\nupdate = @\ndelete = @\n", "")) {
            var demo = new Client(house.serve(), "demo-token");
            assertThat(demo.post("/v2/images", "{\"os_glance_failed_import\": \"x\"}")
                            .body())
                    .contains("Attribute 'os_glance_failed_import' is reserved.");
            var id = demo.create("x", "");
            assertThat(demo.patch(id, patch("add", "os_glance_import_task")).statusCode())
                    .isEqualTo(403);
        }
    }

    private static byte[] qcow2(long backingFile, long features) {
        var header = ByteBuffer.allocate(512);
        header.put("QFI\u00fb".getBytes(StandardCharsets.ISO_8859_1)).putInt(3).putLong(backingFile);
        header.putLong(24, 1 << 20).putLong(72, features).putInt(100, 104);
        return header.array();
    }

    @Test
    void data_whenItIsNotWhatItClaimsOrOpensOtherFiles_isRefused() throws Exception {
        try (var house = house("[.*]\ncreate = @\nread = @\n", "")) {
            var demo = new Client(house.serve(), "demo-token");
            assertThat(upload(demo, "raw", qcow2(0, 0))).isEqualTo(415);
            assertThat(upload(demo, "qcow2", qcow2(0, 0))).isEqualTo(204);
            assertThat(upload(demo, "qcow2", qcow2(104, 0))).isEqualTo(415);
            assertThat(upload(demo, "qcow2", qcow2(0, 4))).isEqualTo(415);
            assertThat(upload(demo, "qcow2", qcow2(0, 1 << 20))).isEqualTo(415);
            assertThat(upload(demo, "vmdk", "# Disk DescriptorFile\nRW 1 FLAT \"/etc/passwd\" 0\n".getBytes("UTF-8")))
                    .isEqualTo(415);
            assertThat(upload(demo, "vmdk", vmdk("monolithicFlat"))).isEqualTo(415);
            assertThat(upload(demo, "vmdk", vmdk("streamOptimized"))).isEqualTo(204);
            assertThat(upload(demo, "qcow2", "no header at all".getBytes("UTF-8")))
                    .isEqualTo(204);
        }
        try (var house = house(
                "[.*]\ncreate = @\nread = @\n",
                "[image_format]\nrequire_image_format_match = true\ndisk_formats = raw,qcow2\n")) {
            var demo = new Client(house.serve(), "demo-token");
            assertThat(upload(demo, "qcow2", "no header at all".getBytes("UTF-8")))
                    .isEqualTo(415);
            assertThat(upload(demo, "raw", "no header at all".getBytes("UTF-8")))
                    .isEqualTo(204);
            assertThat(demo.post("/v2/images", "{\"disk_format\": \"vmdk\"}").statusCode())
                    .isEqualTo(400);
            assertThat(demo.tree("/v2/schemas/image").at("/properties/disk_format/enum"))
                    .hasSize(3);
        }
    }

    private static byte[] vmdk(String type) {
        var file = ByteBuffer.allocate(2048).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        file.put("KDMV".getBytes(StandardCharsets.ISO_8859_1));
        file.putLong(12, 2048).putLong(28, 1).putLong(36, 2);
        file.position(512).put(("createType=\"" + type + "\"\n").getBytes(StandardCharsets.UTF_8));
        return file.array();
    }

    /// A refused upload leaves the image as it was.
    private static int upload(Client demo, String format, byte[] data) {
        var reply = demo.post(
                "/v2/images", "{\"name\": \"x\", \"container_format\": \"bare\", \"disk_format\": \"" + format + "\"}");
        var at = reply.headers().firstValue("Location").orElseThrow();
        var id = at.substring(at.lastIndexOf('/') + 1);
        int status = demo.upload(id, BodyPublishers.ofByteArray(data)).statusCode();
        assertThat(demo.status(id)).isEqualTo(status == 204 ? "active" : "queued");
        return status;
    }
}
