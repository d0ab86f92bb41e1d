package cloud.yun.kernel.http;

import cloud.yun.kernel.error.CloudException;
import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Forbidden;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.error.CloudException.OverQuota;
import cloud.yun.kernel.error.CloudException.Refused;
import cloud.yun.kernel.error.CloudException.Unauthorized;
import cloud.yun.kernel.error.CloudException.Unavailable;
import cloud.yun.kernel.json.Json;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/// The only place where an error becomes a status code and a body.
public final class Faults {
    private static final Pattern POLICY = Pattern.compile("Policy doesn't allow (\\S+) to be performed\\.");

    private static final Map<Integer, String> COMPUTE_NAMES = Map.ofEntries(
            Map.entry(400, "badRequest"),
            Map.entry(401, "unauthorized"),
            Map.entry(403, "forbidden"),
            Map.entry(404, "itemNotFound"),
            Map.entry(405, "badMethod"),
            Map.entry(409, "conflictingRequest"),
            Map.entry(413, "overLimit"),
            Map.entry(415, "badMediaType"),
            Map.entry(429, "overLimit"),
            Map.entry(501, "notImplemented"),
            Map.entry(503, "serviceUnavailable"));

    private static final Map<Integer, String> TITLES = Map.ofEntries(
            Map.entry(300, "Multiple Choices"),
            Map.entry(400, "Bad Request"),
            Map.entry(401, "Unauthorized"),
            Map.entry(403, "Forbidden"),
            Map.entry(404, "Not Found"),
            Map.entry(405, "Method Not Allowed"),
            Map.entry(406, "Not Acceptable"),
            Map.entry(409, "Conflict"),
            Map.entry(410, "Gone"),
            Map.entry(411, "Length Required"),
            Map.entry(412, "Precondition Failed"),
            Map.entry(413, "Request Entity Too Large"),
            Map.entry(415, "Unsupported Media Type"),
            Map.entry(416, "Request Range Not Satisfiable"),
            Map.entry(500, "Internal Server Error"),
            Map.entry(501, "Not Implemented"),
            Map.entry(503, "Service Unavailable"));

    private static final Map<Integer, String> PLACEMENT_LEADS = Map.of(
            400, "The server could not comply with the request since it is either malformed or otherwise incorrect.",
            403, "Access was denied to this resource.",
            404, "The resource could not be found.",
            409, "There was a conflict when trying to complete your request.",
            500, "The server has either erred or is incapable of performing the requested operation.");

    private Faults() {}

    static int status(CloudException error, FaultDialect dialect) {
        return switch (error) { // no default: a new case fails to compile here
            case Invalid _ -> 400;
            case Unauthorized _ -> 401;
            case Forbidden _ -> 403;
            case NotFound _ -> 404;
            case Conflict _ -> 409;
            case OverQuota _ -> dialect.overQuotaStatus();
            case Refused refused -> refused.status();
            case Unavailable _ -> 503;
        };
    }

    public static Reply of(CloudException error, FaultDialect dialect, String requestId) {
        int status = status(error, dialect);
        var message = error.userMessage();
        var policy = POLICY.matcher(message);
        if (error instanceof Forbidden && policy.matches()) message = policyMessage(dialect, policy.group(1));
        return body(status, message, error.type(), dialect, requestId);
    }

    private static String policyMessage(FaultDialect dialect, String rule) {
        return switch (dialect) {
            case IDENTITY -> "You are not authorized to perform the requested action: " + rule + ".";
            case NETWORK -> "rule:" + rule + " is disallowed by policy";
            case PLACEMENT -> "Policy does not allow " + rule + " to be performed.";
            case IMAGE -> "You are not authorized to complete " + rule + " action.";
            case COMPUTE, BLOCK_STORAGE, OBJECT_STORE, YUN -> "Policy doesn't allow " + rule + " to be performed.";
        };
    }

    /// What the middleware in front of a service says, before the service's own format applies.
    static Reply unauthorized(FaultDialect dialect, String identityUrl, String requestId) {
        if (dialect == FaultDialect.OBJECT_STORE) return SwiftFaults.of(401, "");
        var reply = dialect == FaultDialect.IMAGE
                ? webob(
                        401,
                        "This server could not verify that you are authorized to access the document you requested. Either"
                                + " you supplied the wrong credentials (e.g., bad password), or your browser does not"
                                + " understand how to supply the credentials required.")
                : Reply.json(401, error(401, "The request you have made requires authentication."));
        return challenge(reply, identityUrl);
    }

    static Reply challenge(Reply reply, String identityUrl) {
        return reply.header("WWW-Authenticate", "Keystone uri=\"" + identityUrl + "\"");
    }

    /// No such path: said by the router of the service, not by the service.
    static Reply noRoute(FaultDialect dialect, String requestId) {
        return switch (dialect) {
            case COMPUTE, BLOCK_STORAGE, IMAGE -> webob(404, "The resource could not be found.");
            case IDENTITY ->
                Reply.text(
                        404,
                        "<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n<p>The requested"
                                + " URL was not found on the server. If you entered the URL manually please check your"
                                + " spelling and try again.</p>\n",
                        "text/html; charset=utf-8");
            case NETWORK -> body(404, "The resource could not be found.", "HTTPNotFound", dialect, requestId);
            case OBJECT_STORE -> SwiftFaults.of(404, "");
            case PLACEMENT, YUN -> body(404, "The resource could not be found.", "", dialect, requestId);
        };
    }

    static Reply noMethod(FaultDialect dialect, String method, String allow, String requestId) {
        var reply = switch (dialect) {
            case IMAGE ->
                Reply.json(
                        405,
                        Json.object()
                                .put(
                                        "message",
                                        "The method " + method + " is not allowed for this resource. <br /><br />\n")
                                .put("code", "405 Method Not Allowed")
                                .put("title", "Method Not Allowed"));
            case IDENTITY ->
                Reply.json(405, Json.object().put("message", "The method is not allowed for the requested URL."));
            case NETWORK ->
                body(
                        405,
                        "The server could not comply with the request since it is either malformed or otherwise"
                                + " incorrect.",
                        "HTTPMethodNotAllowed",
                        dialect,
                        requestId);
            case PLACEMENT ->
                body(
                        405,
                        "The method " + method + " is not allowed for this resource. \n\n The method specified is not"
                                + " allowed for this resource.",
                        "",
                        dialect,
                        requestId);
            case OBJECT_STORE -> SwiftFaults.of(405, "");
            case COMPUTE, BLOCK_STORAGE, YUN ->
                webob(405, "The method " + method + " is not allowed for this resource. ");
        };
        return reply.header("Allow", allow);
    }

    static Reply internal(FaultDialect dialect, String requestId) {
        var message = switch (dialect) {
            case COMPUTE -> "Unexpected API Error. Please report it with the request id " + requestId + ".";
            case IDENTITY -> "An unexpected error prevented the server from fulfilling your request.";
            case NETWORK -> "Request Failed: internal server error while processing your request.";
            case OBJECT_STORE -> "";
            case BLOCK_STORAGE, IMAGE, PLACEMENT, YUN ->
                "The server has either erred or is incapable of performing the requested operation.";
        };
        return body(500, message, "HTTPInternalServerError", dialect, requestId);
    }

    static Reply body(int status, String message, String type, FaultDialect dialect, String requestId) {
        return switch (dialect) {
            case COMPUTE, BLOCK_STORAGE -> {
                var inner = Json.object().put("code", status).put("message", message);
                if (status == 413) inner.put("retryAfter", "0");
                var outer = Json.object();
                outer.set(COMPUTE_NAMES.getOrDefault(status, "computeFault"), inner);
                var reply = Reply.json(status, outer);
                yield status == 413 ? reply.header("Retry-After", "0") : reply;
            }
            case IDENTITY, YUN -> Reply.json(status, error(status, message));
            case IMAGE -> webob(status, message);
            case OBJECT_STORE -> SwiftFaults.of(status, message);
            case NETWORK -> {
                var outer = Json.object();
                outer.putObject("NeutronError")
                        .put("type", type.isEmpty() ? networkType(status) : type)
                        .put("message", message)
                        .put("detail", "");
                yield Reply.json(status, outer);
            }
            case PLACEMENT -> placement(status, message, type, requestId);
        };
    }

    private static String networkType(int status) {
        return switch (status) {
            case 400 -> "HTTPBadRequest";
            case 403 -> "NotAuthorized";
            case 404 -> "HTTPNotFound";
            case 409 -> "Conflict";
            case 413 -> "HTTPRequestEntityTooLarge";
            case 503 -> "ServiceUnavailable";
            default -> "HTTPInternalServerError";
        };
    }

    private static ObjectNode error(int status, String message) {
        var outer = Json.object();
        outer.putObject("error").put("code", status).put("message", message).put("title", title(status));
        return outer;
    }

    /// WebOb's JSON form of an exception, which the services' routers and Glance use. A message may itself be a
    /// lead and a detail, divided as WebOb divides them.
    private static Reply webob(int status, String message) {
        return Reply.json(
                status,
                Json.object()
                        .put("message", message + (message.contains("<br /><br />\n") ? "\n\n" : "<br /><br />\n\n\n"))
                        .put("code", status + " " + title(status))
                        .put("title", title(status)));
    }

    private static Reply placement(int status, String message, String code, String requestId) {
        var outer = Json.object();
        var lead = PLACEMENT_LEADS.get(status);
        outer.putArray("errors")
                .addObject()
                .put("status", status)
                .put("title", title(status))
                .put("detail", lead == null ? message : lead + "\n\n " + (lead.equals(message) ? "" : message) + "  ")
                .put("code", code.isEmpty() ? "placement.undefined_code" : code)
                .put("request_id", requestId);
        return Reply.json(status, outer);
    }

    /// Placement's faults name a code from microversion 1.23 on.
    static Reply codeSince123(Reply reply, Map<String, String> headers) {
        if (reply.status() < 400 || !(reply.body() instanceof Reply.Body.Json json)) return reply;
        var words = headers.getOrDefault("OpenStack-API-Version", "").split(" ", 2);
        var version = words.length == 2 ? Microversion.parse(words[1]) : java.util.Optional.<Microversion>empty();
        if (version.isPresent() && version.get().atLeast("1.23")) return reply;
        if (json.tree().path("errors").path(0) instanceof ObjectNode error) error.remove("code");
        return reply;
    }

    private static String title(int status) {
        return TITLES.getOrDefault(status, "Error");
    }
}
