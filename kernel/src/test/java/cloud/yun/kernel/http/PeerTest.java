package cloud.yun.kernel.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.error.CloudException.Forbidden;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.policy.Policy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PeerTest {
    private static final Caller NOBODY = Caller.anonymous("req-1");
    private static final Caller ADMIN = Caller.system("req-2");

    private final Peer peer = new Peer(
            new ApiService("things", "/things", List.of(), FaultDialect.NETWORK, Optional.empty()),
            List.of(
                    Route.get("/v1/things/{id}", PeerTest::show).policy("things:show"),
                    Route.delete("/v1/things/{id}", _ -> Reply.noContent()).policy("things:delete")),
            new Policy(Map.of("things:show", "@", "things:delete", "role:admin"), Optional.empty()));

    private static Reply show(Request r) {
        return Reply.ok(Json.object()
                .put("id", r.variable("id"))
                .put("who", r.caller().requestId())
                .put("fields", r.query("fields").orElse("")));
    }

    @Test
    void get_whatIsThere_isTheAnswerToThatCaller() {
        var thing = peer.get(NOBODY, "/v1/things/7", Map.of("fields", List.of("name")));
        assertThat(thing.path("id").asString()).isEqualTo("7");
        assertThat(thing.path("who").asString()).isEqualTo("req-1");
        assertThat(thing.path("fields").asString()).isEqualTo("name");
    }

    @Test
    void delete_withoutTheRight_isRefusedAsOverHttp() {
        assertThatThrownBy(() -> peer.delete(NOBODY, "/v1/things/7")).isInstanceOf(Forbidden.class);
        peer.delete(ADMIN, "/v1/things/7");
    }

    @Test
    void call_ofAPathOrMethodThatIsNotThere_isNotFound() {
        assertThatThrownBy(() -> peer.get(ADMIN, "/v1/nothing")).isInstanceOf(NotFound.class);
        assertThatThrownBy(() -> peer.post(ADMIN, "/v1/things/7", Json.object()))
                .isInstanceOf(NotFound.class);
    }
}
