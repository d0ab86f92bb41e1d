package cloud.yun.identity.oauth1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.http.Request;
import cloud.yun.kernel.json.Json;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The signatures were made by oauthlib, another implementation of RFC 5849.
class SignedRequestTest {
    private static final String HEADER = "OAuth realm=\"\", oauth_nonce=\"kllo9940pd9333jh\","
            + " oauth_timestamp=\"1191242096\", oauth_version=\"1.0\", oauth_signature_method=\"HMAC-SHA1\","
            + " oauth_consumer_key=\"dpf43f3p2l4k3l03\", oauth_token=\"nnch734d00sl2jdk\","
            + " oauth_signature=\"8COkriokveIN0BpQUMnCJPnRv%2FU%3D\"";

    private static SignedRequest request(
            String method, String url, String path, Map<String, List<String>> query, String header) {
        return SignedRequest.of(
                new Request(
                        Caller.anonymous(""),
                        method,
                        url,
                        path,
                        Map.of(),
                        query,
                        Map.of("authorization", header),
                        Optional.empty(),
                        Json.object(),
                        InputStream.nullInputStream()),
                "");
    }

    private static SignedRequest photos(String header) {
        var query = Map.of("file", List.of("vacation day.jpg"), "size", List.of("original"), "a", List.of("b+c"));
        return request("GET", "http://photos.example.net:80", "/photos", query, header);
    }

    @Test
    void signature_whenMadeWithBothSecrets_holds_andWithOthersNot() {
        assertThat(photos(HEADER).signedWith("kd94hf93k423kf44", "pfkkdhi9sl3r4s00"))
                .isTrue();
        assertThat(photos(HEADER).signedWith("kd94hf93k423kf44", "")).isFalse();
        assertThat(photos(HEADER).signedWith("", "pfkkdhi9sl3r4s00")).isFalse();
        assertThat(photos(HEADER.replace("1191242096", "1191242097"))
                        .signedWith("kd94hf93k423kf44", "pfkkdhi9sl3r4s00"))
                .isFalse();
    }

    @Test
    void signature_whenTheAddressHasCapitals_orTheSecretNeedsEncoding_holds() {
        var header = "OAuth oauth_nonce=\"wIjqoxSZeS\", oauth_timestamp=\"137131200\", oauth_version=\"1.0\","
                + " oauth_signature_method=\"HMAC-SHA256\", oauth_consumer_key=\"dpf43f3p2l4k3l03\","
                + " oauth_callback=\"oob\", oauth_signature=\"NAeMLN%2B7HATKCSJhlvxqpSGZOWETeFjCtEduMx9Vw3U%3D\"";
        var signed =
                request("POST", "HTTPS://Photos.example.net/identity", "/v3/OS-OAUTH1/request_token", Map.of(), header);
        assertThat(signed.signedWith("kd94 hf/93", "")).isTrue();
    }

    @Test
    void request_whenSomethingMandatoryIsMissing_orUnknown_isInvalid() {
        for (var name : List.of("oauth_nonce", "oauth_timestamp", "oauth_signature", "oauth_consumer_key"))
            assertThatThrownBy(() -> photos(HEADER.replace(name + "=", "x=")))
                    .as(name)
                    .isInstanceOf(Invalid.class);
        assertThatThrownBy(() -> photos(HEADER.replace("HMAC-SHA1", "PLAINTEXT")))
                .isInstanceOf(Invalid.class);
        assertThatThrownBy(() -> photos(HEADER.replace("\"1.0\"", "\"2.0\""))).isInstanceOf(Invalid.class);
        assertThatThrownBy(() -> photos("Basic abc")).isInstanceOf(Invalid.class);
        assertThatThrownBy(() -> photos(HEADER.replace("%2F", "%2"))).isInstanceOf(Invalid.class);
    }
}
