package cloud.yun.identity.ec2;

import cloud.yun.kernel.json.Json;
import java.util.Base64;

/// Signs as a client would.
public record SignerForTests(String access, String secret) {
    public String ec2(String timestamp) {
        var body = Json.object();
        var request = body.putObject("credentials")
                .put("access", access)
                .put("verb", "GET")
                .put("host", "127.0.0.1:8773")
                .put("path", "/services/Cloud");
        request.putObject("params")
                .put("SignatureVersion", "2")
                .put("Timestamp", timestamp)
                .put("AWSAccessKeyId", access);
        request.put("signature", new Ec2Signature(request).of(secret, "127.0.0.1:8773"));
        return body.toString();
    }

    public String s3() {
        var token = Base64.getUrlEncoder().encodeToString(Hmacs.bytes("GET\n\n\n\n/bucket"));
        var body = Json.object();
        body.putObject("credentials")
                .put("access", access)
                .put("token", token)
                .put("signature", new S3Signature(token).of(secret));
        return body.toString();
    }
}
