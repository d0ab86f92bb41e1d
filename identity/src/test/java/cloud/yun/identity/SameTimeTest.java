package cloud.yun.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Many callers who want the same thing at the same time: one gets it, and the others are told so.
class SameTimeTest {
    private static final int CALLERS = 6;
    private static final String RULES =
            "[{\"local\": [{\"user\": {\"name\": \"{0}\"}}], \"remote\": [{\"type\": \"UserName\"}]}]";
    private static final String FEDERATION = "/v3/OS-FEDERATION/";

    @TempDir
    Path directory;

    private record Call(String method, String path, String body) {}

    private static List<Call> calls(int round) {
        var idp = FEDERATION + "identity_providers/idp" + round;
        var sp = "{\"service_provider\": {\"auth_url\": \"https://other/auth\", \"sp_url\": \"https://other/sp\"}}";
        return List.of(
                new Call("PUT", FEDERATION + "mappings/m" + round, "{\"mapping\": {\"rules\": " + RULES + "}}"),
                new Call("PUT", idp, "{\"identity_provider\": {\"remote_ids\": [\"r" + round + "\"]}}"),
                new Call("PUT", idp + "/protocols/saml2", "{\"protocol\": {\"mapping_id\": \"m" + round + "\"}}"),
                new Call("PUT", FEDERATION + "service_providers/sp" + round, sp),
                new Call("POST", "/v3/users", "{\"user\": {\"name\": \"u" + round + "\"}}"),
                new Call("POST", "/v3/groups", "{\"group\": {\"name\": \"g" + round + "\"}}"),
                new Call("POST", "/v3/projects", "{\"project\": {\"name\": \"p" + round + "\"}}"),
                new Call("POST", "/v3/roles", "{\"role\": {\"name\": \"r" + round + "\"}}"));
    }

    private static List<Integer> atOnce(House house, String token, List<Call> calls) throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var asked = new ArrayList<Callable<Integer>>();
            for (var call : calls)
                asked.add(
                        () -> house.as(token, call.method, call.path, call.body).status());
            var statuses = new ArrayList<Integer>();
            for (var answer : threads.invokeAll(asked)) statuses.add(answer.get());
            return statuses;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void create_whenManyMakeTheSame_oneDoesAndTheOthersConflict(String kind) throws Exception {
        try (var house = House.on(kind, directory)) {
            var admin = house.admin();
            for (int round = 0; round < 3; round++)
                for (var call : calls(round)) {
                    var expected = new ArrayList<>(Collections.nCopies(CALLERS - 1, 409));
                    expected.add(201);
                    assertThat(atOnce(house, admin, Collections.nCopies(CALLERS, call)))
                            .as(call.path)
                            .containsExactlyInAnyOrderElementsOf(expected);
                }
        }
    }

    /// A provider goes while its protocol comes: the protocol is either made, and goes along, or finds no provider.
    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void protocol_whenItsProviderGoesMeanwhile_neverFails(String kind) throws Exception {
        try (var house = House.on(kind, directory)) {
            var admin = house.admin();
            for (int round = 0; round < 5; round++) {
                var parts = calls(round);
                house.as(admin, "PUT", parts.get(0).path, parts.get(0).body);
                house.as(admin, "PUT", parts.get(1).path, parts.get(1).body);
                var statuses = atOnce(
                        house, admin, List.of(parts.get(2), new Call("DELETE", parts.get(1).path, ""), parts.get(2)));
                assertThat(statuses.get(1)).isEqualTo(204);
                assertThat(List.of(statuses.get(0), statuses.get(2))).isSubsetOf(201, 404, 409);
                assertThat(house.as(admin, "GET", parts.get(2).path).status()).isEqualTo(404);
            }
        }
    }
}
