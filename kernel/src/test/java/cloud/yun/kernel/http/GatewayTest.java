package cloud.yun.kernel.http;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.http.ApiService.Microversions;
import cloud.yun.kernel.json.Json;
import cloud.yun.kernel.policy.Policy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GatewayTest {
    private static final Caller.Domain DOMAIN = new Caller.Domain("default", "Default");
    private static Gateway gateway;
    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeAll
    static void start() {
        var service = new ApiService(
                        "compute",
                        "/compute",
                        List.of(),
                        FaultDialect.COMPUTE,
                        Optional.of(new Microversions(
                                "compute",
                                Microversion.of("2.1"),
                                Microversion.of("2.90"),
                                Optional.of("X-OpenStack-Nova-API-Version"),
                                List.of("/v2.1"))))
                .withProjectPrefixes("/v2.1");
        var routes = List.of(
                Route.get("/", _ -> Reply.ok(Json.object().put("open", true))).open(),
                Route.get(
                                "/v2.1/things",
                                r -> Reply.ok(
                                        Json.object().put("v", r.microversion().toString())))
                        .policy("things:list"),
                Route.get("/v2.1/things/{id}", r -> {
                    if (r.variable("id").equals("boom")) throw new IllegalStateException("secret detail");
                    if (r.variable("id").equals("none")) throw new NotFound("Thing", "none");
                    return Reply.ok(Json.object().put("id", r.variable("id")));
                }),
                Route.post("/v2.1/things", r -> Reply.created(r.body()))
                        .policy("things:create")
                        .schema("schema/kernel/thing.json"),
                Route.action("/v2.1/things/{id}/action", "os-start", _ -> Reply.accepted()),
                Route.action("/v2.1/things/{id}/action", "os-new", _ -> Reply.accepted())
                        .since("2.50"));
        var policy = new Policy(Map.of("things:list", "@", "things:create", "role:member"), Optional.empty());
        gateway = new Gateway(
                new Gateway.Listen("127.0.0.1", 0, false),
                List.of(new ServiceHandler(service, routes, policy, GatewayTest::caller)),
                Map.of());
        gateway.start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static Optional<Caller> caller(String token) {
        if (!token.equals("reader") && !token.equals("member")) return Optional.empty();
        return Optional.of(new Caller(
                Optional.of(new Caller.User("u", "u", DOMAIN)),
                Optional.of(new Caller.Project("0123456789abcdef0123456789abcdef", "p", DOMAIN)),
                Optional.empty(),
                false,
                List.of(new Caller.Role(token, token)),
                Optional.empty(),
                ""));
    }

    private HttpResponse<String> call(String method, String path, String token, String body, String... headers)
            throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + "/compute" + path))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (!token.isEmpty()) request.header("X-Auth-Token", token);
        if (headers.length > 0) request.headers(headers);
        return client.send(request.build(), BodyHandlers.ofString());
    }

    @Test
    void answer_unlessTheOperatorWantsIt_tellsNoTimes() throws Exception {
        assertThat(call("GET", "/v2.1/things", "reader", "").headers().firstValue("Server-Timing"))
                .isEmpty();
    }

    @Test
    void answer_alwaysCarriesARequestId() throws Exception {
        var answer = call("GET", "/v2.1/things", "reader", "");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("x-openstack-request-id").orElseThrow())
                .startsWith("req-");
        assertThat(answer.headers().firstValue("x-compute-request-id")).isPresent();
        assertThat(answer.headers().firstValue("OpenStack-API-Version")).hasValue("compute 2.1");
        assertThat(answer.headers().firstValue("Vary")).hasValue("OpenStack-API-Version, X-OpenStack-Nova-API-Version");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    GET    | /                                               |        |                                     | 200 | true
                    GET    | /v2.1/things                                    |        |                                     | 401 | requires authentication
                    GET    | /v2.1/things                                    | wrong  |                                     | 401 | requires authentication
                    GET    | /v2.1/nothing                                   | reader |                                     | 404 | could not be found
                    PUT    | /v2.1/things                                    | reader |                                     | 405 | not allowed
                    GET    | /v2.1/0123456789abcdef0123456789abcdef/things   | reader |                                     | 200 | 2.1
                    GET    | /v2.1/fedcba9876543210fedcba9876543210/things   | reader |                                     | 400 | Malformed request URL
                    GET    | /v2.1/things/a%2Fb                              | reader |                                     | 200 | a/b
                    GET    | /v2.1/things/none                               | reader |                                     | 404 | Thing none could not be found.
                    GET    | /v2.1/things/boom                               | reader |                                     | 500 | Unexpected API Error
                    POST   | /v2.1/things                                    | member | {"thing": {"name": "ok"}}           | 201 | ok
                    POST   | /v2.1/things                                    | reader | {"thing": {"name": "ok"}}           | 403 | Policy doesn't allow things:create
                    POST   | /v2.1/things                                    | member | {"thing":                           | 400 | Malformed request body
                    POST   | /v2.1/things                                    | member |                                     | 400 | Malformed request body
                    POST   | /v2.1/things                                    | member | {}                                  | 400 | 'thing' is a required property
                    POST   | /v2.1/things                                    | member | {"thing": {"name": ""}}             | 400 | Invalid input for field/attribute name. Value: . '' is too short
                    POST   | /v2.1/things                                    | member | {"thing": {"name": 7}}              | 400 | Invalid input for field/attribute name. Value: 7. 7 is not of type 'string'
                    POST   | /v2.1/things                                    | member | {"thing": {"name": "a", "x": 1}}    | 400 | Additional properties are not allowed ('x' was unexpected)
                    POST   | /v2.1/things                                    | member | {"thing": {"name": "a", "size": 0}} | 400 | 0 is less than the minimum of 1
                    POST   | /v2.1/things/1/action                           | member | {"os-start": null}                  | 202 |
                    POST   | /v2.1/things/1/action                           | member | {"os-fly": null}                    | 400 | There is no such action: os-fly
                    POST   | /v2.1/things/1/action                           | member | {"os-new": null}                    | 404 | could not be found
                    """)
    void request_getsOpenStacksAnswer(String method, String path, String token, String body, int status, String says)
            throws Exception {
        var answer = call(method, path, token == null ? "" : token, body == null ? "" : body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        if (says != null) assertThat(answer.body()).contains(says);
        assertThat(answer.body()).doesNotContain("secret detail");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    compute latest | 200 | 2.90
                    compute 2.50   | 200 | 2.50
                    volume 3.1     | 200 | 2.1
                    compute 2.999  | 406 | Version 2.999 is not supported by the API. Minimum is 2.1 and maximum is 2.90.
                    compute zz     | 400 | API Version String zz is of invalid format. Must be of format MajorNum.MinorNum.
                    """)
    void microversion_isNegotiatedHonestly(String header, int status, String says) throws Exception {
        var answer = call("GET", "/v2.1/things", "reader", "", "OpenStack-API-Version", header);
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.body()).contains(says);
    }

    @Test
    void body_longerThanTheLimit_is413() throws Exception {
        var answer = call("POST", "/v2.1/things", "member", "{\"x\": \"" + "y".repeat(200_000) + "\"}");
        assertThat(answer.statusCode()).isEqualTo(413);
    }

    @Test
    void client_thatSendsHalfABody_isRefusedAndTheServiceLivesOn() throws Exception {
        try (var socket = new java.net.Socket("127.0.0.1", gateway.port())) {
            socket.getOutputStream()
                    .write(("POST /compute/v2.1/things HTTP/1.1\r\nHost: x\r\nX-Auth-Token: member\r\n"
                                    + "Content-Length: 100\r\n\r\n{\"thing\"")
                            .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            socket.shutdownOutput();
            assertThat(new String(socket.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.US_ASCII))
                    .startsWith("HTTP/1.1 400");
        }
        assertThat(call("GET", "/v2.1/things", "reader", "").statusCode()).isEqualTo(200);
    }

    @Test
    void slashAtTheEnd_isAnotherPathOnlyWhereTheServiceSaysSo() throws Exception {
        assertThat(call("GET", "/v2.1/things/", "reader", "").statusCode()).isEqualTo(200);
        var strict =
                new ApiService("image", "/image", List.of(), FaultDialect.IMAGE, Optional.empty()).withStrictSlash();
        var routes = List.of(
                Route.get("/v2/things", _ -> Reply.ok(Json.object())).open(),
                Route.get("/v2/things/{id}", _ -> Reply.ok(Json.object())).open(),
                Route.delete("/v2/things/{id}", _ -> Reply.noContent()).open(),
                Route.get("/v2/", _ -> Reply.ok(Json.object())).open());
        var policy = new Policy(Map.of(), Optional.empty());
        try (var other = new Gateway(
                new Gateway.Listen("127.0.0.1", 0, false),
                List.of(new ServiceHandler(strict, routes, policy, GatewayTest::caller)),
                Map.of())) {
            other.start();
            assertThat(status(other, "GET", "/image/v2/things")).isEqualTo(200);
            assertThat(status(other, "GET", "/image/v2/")).isEqualTo(200);
            for (var method : List.of("GET", "DELETE"))
                assertThat(status(other, method, "/image/v2/things/")).isEqualTo(404);
            assertThat(status(other, "GET", "/image/v2/things/one/")).isEqualTo(404);
        }
    }

    private int status(Gateway at, String method, String path) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + at.port() + path))
                .header("X-Auth-Token", "reader")
                .method(method, BodyPublishers.noBody())
                .build();
        return client.send(request, BodyHandlers.ofString()).statusCode();
    }

    /// A client that sends its body after its headers, as most do, must get the refusal and keep its connection.
    @Test
    void refusal_beforeTheBodyHasCome_leavesTheConnectionToTheNextRequest() throws Exception {
        try (var socket = new Socket("127.0.0.1", gateway.port())) {
            socket.setSoTimeout(10_000);
            var out = socket.getOutputStream();
            var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            out.write(head("POST", "/v2.1/things", "Content-Length: 200000\r\n"));
            out.flush();
            assertThat(answer(in)).startsWith("HTTP/1.1 401 ");
            out.write(new byte[200_000]);
            out.write(head("GET", "/", ""));
            out.flush();
            assertThat(answer(in)).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void refusal_ofAClientThatAskedWhetherToGoOn_endsTheConnection() throws Exception {
        try (var socket = new Socket("127.0.0.1", gateway.port())) {
            socket.setSoTimeout(10_000);
            var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            socket.getOutputStream()
                    .write(head("POST", "/v2.1/things", "Content-Length: 9\r\nExpect: 100-continue\r\n"));
            assertThat(answer(in)).startsWith("HTTP/1.1 401 ").contains("Connection: close");
            assertThat(in.read()).isEqualTo(-1);
        }
    }

    private static byte[] head(String method, String path, String more) {
        return (method + " /compute" + path + " HTTP/1.1\r\nHost: yun\r\n" + more + "\r\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    /// Status line and headers; the body is read past.
    private static String answer(BufferedReader in) throws IOException {
        var head = new StringBuilder();
        int length = 0;
        for (var line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
            head.append(line).append('\n');
            if (line.startsWith("Content-Length: ")) length = Integer.parseInt(line.substring(16));
        }
        for (int i = 0; i < length; i++) in.read();
        return head.toString();
    }
}
