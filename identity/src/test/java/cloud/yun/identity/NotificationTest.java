package cloud.yun.identity;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.kernel.event.Event;
import cloud.yun.kernel.event.Events;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NotificationTest {
    @TempDir
    Path directory;

    private static Event last(House house, String type) {
        return new Events(house.db, Clock.systemUTC())
                .after(0, 1_000).stream()
                        .filter(e -> e.type().equals(type))
                        .reduce((_, b) -> b)
                        .orElseThrow();
    }

    private static String user(House house, String token) {
        return house.as(token, "POST", "/v3/users", "{\"user\": {\"name\": \"ann\", \"password\": \"hunter2\"}}")
                .body()
                .at("/user/id")
                .asString();
    }

    @Test
    void change_isToldAsAnAuditRecord_ofWhoDidWhatToWhat() {
        try (var house = House.sqlite(directory)) {
            var admin = house.admin();
            var token = house.validate(admin, admin).body().get("token");
            var ann = user(house, admin);
            var event = last(house, "identity.user.created");
            var record = event.payload();
            assertThat(event.resourceId()).isEqualTo(ann);
            assertThat(record.get("typeURI").asString()).isEqualTo("http://schemas.dmtf.org/cloud/audit/1.0/event");
            assertThat(record.get("eventType").asString()).isEqualTo("activity");
            assertThat(record.get("action").asString()).isEqualTo("created.user");
            assertThat(record.get("outcome").asString()).isEqualTo("success");
            assertThat(record.get("eventTime").asString())
                    .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}\\+0000");
            assertThat(record.get("initiator").get("id")).isEqualTo(token.at("/user/id"));
            assertThat(record.get("initiator").get("project_id")).isEqualTo(token.at("/project/id"));
            assertThat(record.at("/initiator/request_id").asString())
                    .isEqualTo(event.requestId())
                    .startsWith("req-");
            assertThat(record.get("target"))
                    .hasToString("{\"typeURI\":\"data/security/account/user\",\"id\":\"" + ann + "\"}");
            assertThat(record.at("/observer/typeURI").asString()).isEqualTo("service/security");
            assertThat(record.get("resource_info").asString()).isEqualTo(ann);
            assertThat(record.toString()).doesNotContain("hunter2");

            var role = house.as(admin, "GET", "/v3/roles?name=reader")
                    .body()
                    .at("/roles/0/id")
                    .asString();
            var project = token.at("/project/id").asString();
            house.as(admin, "PUT", "/v3/projects/" + project + "/users/" + ann + "/roles/" + role);
            var grant = last(house, "identity.role_assignment.created").payload();
            assertThat(grant.get("role").asString()).isEqualTo(role);
            assertThat(grant.get("user").asString()).isEqualTo(ann);
            assertThat(grant.get("project").asString()).isEqualTo(project);
            assertThat(grant.get("inherited_to_projects").booleanValue()).isFalse();
        }
    }

    @Test
    void change_inTheBasicFormat_isToldByItsIdAlone() {
        try (var house = House.sqlite(directory, "[DEFAULT]\nnotification_format = basic\n")) {
            var ann = user(house, house.admin());
            assertThat(last(house, "identity.user.created").payload())
                    .hasToString("{\"resource_info\":\"" + ann + "\"}");
        }
    }
}
