package cloud.yun.identity.ec2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.yun.kernel.error.CloudException.Unauthorized;
import cloud.yun.kernel.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/// Against signatures that keystoneclient's Ec2Signer made for the same requests.
class SignatureTest {
    private static final String SECRET = "89cdf9e94e2643cab35b8b8ac5a51f83";

    private record Vector(String request, String signature) {}

    private static final String PARAMS =
            "{\"host\": \"127.0.0.1:8773\", \"verb\": \"GET\", \"path\": \"/services/Cloud\","
                    + " \"params\": {\"Action\": \"DescribeInstances\", \"Timestamp\": \"2026-11-20T10:00:00\","
                    + " \"Foo\": \"a b/c~\u00e9\", \"bar\": \"x.y-z_1\", \"AWSAccessKeyId\": \"x\","
                    + " \"SignatureVersion\": \"%s\"}}";

    private static final List<Vector> VECTORS = List.of(
            new Vector(PARAMS.formatted("0"), "di4kNxgbcnjLIbQ0OBOXfjxPVGM="),
            new Vector(PARAMS.formatted("1"), "9tHSM9+Ad9fBvU1QQ2Z6lSRntrk="),
            new Vector(PARAMS.formatted("2"), "k4d/qTPQ8OpJ47ytvEZy9U+TyLFLuPAx2SU9Y2xR29o="),
            new Vector(
                    "{\"host\": \"ec2.example:8773\", \"verb\": \"POST\", \"path\": \"/\", \"params\": {},"
                            + " \"headers\": {\"Host\": \"ec2.example:8773\", \"X-Amz-Date\": \"20261120T100000Z\","
                            + " \"Content-Type\": \" application/x-www-form-urlencoded \", \"User-Agent\": \"aws-cli\","
                            + " \"Authorization\": \"AWS4-HMAC-SHA256 Credential=ACC/20261120/RegionOne/ec2/aws4_request,"
                            + " SignedHeaders=content-type;host;x-amz-date, Signature=zz\"}, \"body_hash\":"
                            + " \"d2c784fddd5cb885f870e1ea4d0e9cf479296ad64ca693b8e26d872b0cfa3689\"}",
                    "94192c966beaa62250df1ad0e94117071e3129b2f6c9561079c60db33c423da7"),
            new Vector(
                    "{\"host\": \"ec2.example:8773\", \"verb\": \"GET\", \"path\": \"/services/Cloud\", \"params\":"
                            + " {\"X-Amz-Algorithm\": \"AWS4-HMAC-SHA256\", \"X-Amz-Credential\":"
                            + " \"ACC/20261120/RegionOne/ec2/aws4_request\", \"X-Amz-Date\": \"20261120T100000Z\","
                            + " \"X-Amz-SignedHeaders\": \"host\", \"Action\": \"D I\"}, \"headers\": {\"Host\":"
                            + " \"ec2.example:8773\", \"User-Agent\": \"Boto/2.9.1\"}, \"body_hash\":"
                            + " \"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"}",
                    "f85eefff52a7a1242363b8e30cd60f2a1e272dacf4f525335369aaaf3345055e"));

    private static ObjectNode request(String text) {
        return Json.storedObject(text);
    }

    @Test
    void ec2_whenOfAnyVersion_isAsKeystonesClientSigns() {
        for (var vector : VECTORS) {
            var request = request(vector.request());
            assertThat(new Ec2Signature(request).of(SECRET, request.path("host").asString()))
                    .as(vector.request())
                    .isEqualTo(vector.signature());
            request.put("signature", vector.signature());
            assertThat(SignedRequests.ec2(request, SECRET)).isTrue();
            assertThat(SignedRequests.ec2(request, SECRET + "x")).isFalse();
        }
    }

    @Test
    void ec2_whenSignedWithoutThePort_holdsToo() {
        var request = request(PARAMS.formatted("2"));
        request.put("signature", new Ec2Signature(request).of(SECRET, "127.0.0.1"));
        assertThat(SignedRequests.ec2(request, SECRET)).isTrue();
        request.put("signature", new Ec2Signature(request).of(SECRET, "127.0.0.2"));
        assertThat(SignedRequests.ec2(request, SECRET)).isFalse();
    }

    @Test
    void ec2_whenNothingIsSigned_isRefused() {
        for (var bad : List.of(
                "{}",
                "{\"signature\": \"x\"}",
                "{\"signature\": \"x\", \"params\": {\"SignatureVersion\": \"3\"}}",
                "{\"signature\": \"x\", \"headers\": {\"Authorization\": \"AWS4-HMAC-SHA256\"}}",
                "{\"signature\": \"x\", \"headers\": {\"Authorization\": \"AWS4-HMAC-SHA256 Credential=a/b/c/d/e\","
                        + " \"X-Amz-Date\": \"c\"}}"))
            assertThatThrownBy(() -> SignedRequests.ec2(request(bad), SECRET))
                    .as(bad)
                    .isInstanceOf(Unauthorized.class);
    }

    @Test
    void s3_whenOfVersion1Or4_isAsKeystoneSigns() {
        assertThat(new S3Signature("R0VUCgoKRnJpLCAyMCBOb3YgMjAyNiAxMDowMDowMCBHTVQKL2J1Y2tldC9rZXk=").of(SECRET))
                .isEqualTo("4KfjVwMzSnNUwVJkW0Hv920XGuU=");
        assertThat(new S3Signature(
                                "QVdTNC1ITUFDLVNIQTI1NgoyMDI2MTEyMFQxMDAwMDBaCjIwMjYxMTIwL1JlZ2lvbk9uZS9zMy9hd3M0X3Jl"
                                        + "cXVlc3QKZDJjNzg0ZmRkZDVjYjg4NWY4NzBlMWVhNGQwZTljZjQ3OTI5NmFkNjRjYTY5M2I4ZTI2ZDg3MmIw"
                                        + "Y2ZhMzY4OQ==")
                        .of(SECRET))
                .isEqualTo("cc85120d90b5b6fd4a09b2068e70afde0329c77a300472f0928944753d46897d");
        for (var bad :
                List.of("AWS4\nx", "AWS4-HMAC-SHA256\na\nb/c/ec2/aws4_request\nd", "AWS4-HMAC-SHA256\na\nb\nd")) {
            var token = Base64.getUrlEncoder().encodeToString(bad.getBytes(StandardCharsets.UTF_8));
            assertThatThrownBy(() -> new S3Signature(token).of(SECRET)).as(bad).isInstanceOf(Unauthorized.class);
        }
        assertThatThrownBy(() -> new S3Signature("%").of(SECRET)).isInstanceOf(Unauthorized.class);
    }
}
