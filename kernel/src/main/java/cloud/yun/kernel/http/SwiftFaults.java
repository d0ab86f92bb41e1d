package cloud.yun.kernel.http;

import java.util.Map;

/// Faults as Swift words them: one line of plain text where the service has something to say, else the status'
/// standard page.
final class SwiftFaults {
    private record Page(String title, String text) {}

    private static final Map<Integer, Page> PAGES = Map.ofEntries(
            Map.entry(400, new Page("Bad Request", "The server could not comply with the request.")),
            Map.entry(
                    401,
                    new Page(
                            "Unauthorized",
                            "This server could not verify that you are authorized to access the document you requested.")),
            Map.entry(403, new Page("Forbidden", "Access was denied to this resource.")),
            Map.entry(404, new Page("Not Found", "The resource could not be found.")),
            Map.entry(405, new Page("Method Not Allowed", "The method is not allowed for this resource.")),
            Map.entry(406, new Page("Not Acceptable", "The resource is not available in a format you accept.")),
            Map.entry(408, new Page("Request Timeout", "The server has waited too long for the request.")),
            Map.entry(409, new Page("Conflict", "There was a conflict when trying to complete your request.")),
            Map.entry(411, new Page("Length Required", "Content-Length header required.")),
            Map.entry(412, new Page("Precondition Failed", "A precondition for this request was not met.")),
            Map.entry(413, new Page("Request Entity Too Large", "The body of your request was too large.")),
            Map.entry(416, new Page("Requested Range Not Satisfiable", "The Range requested is not available.")),
            Map.entry(422, new Page("Unprocessable Entity", "Unable to process the contained instructions")),
            Map.entry(499, new Page("Client Disconnect", "The client was disconnected during request.")),
            Map.entry(500, new Page("Internal Error", "The server was unable to complete the request.")),
            Map.entry(501, new Page("Not Implemented", "The server does not support this.")),
            Map.entry(503, new Page("Service Unavailable", "The server is currently unavailable. Please try again.")),
            Map.entry(507, new Page("Insufficient Storage", "There was not enough space to save the resource.")));

    private SwiftFaults() {}

    /// @param message one line for the user; empty for the status' own page
    static Reply of(int status, String message) {
        if (!message.isEmpty()) return Reply.text(status, message, "text/plain; charset=UTF-8");
        var page = PAGES.getOrDefault(status, new Page("Error", "The request could not be completed."));
        return Reply.text(
                status,
                "<html><h1>" + page.title() + "</h1><p>" + page.text() + "</p></html>",
                "text/html; charset=UTF-8");
    }
}
