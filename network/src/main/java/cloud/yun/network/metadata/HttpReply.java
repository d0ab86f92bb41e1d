package cloud.yun.network.metadata;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// One answer; the connection ends with it.
record HttpReply(int status, String contentType, byte[] body) {
    /// An error as a page, since what asks is often a person with curl.
    static HttpReply fault(int status, String message) {
        String title = status + " " + reason(status);
        String text = message.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
        String page = "<html>\n <head>\n  <title>" + title + "</title>\n </head>\n <body>\n  <h1>" + title + "</h1>\n  "
                + text + "\n </body>\n</html>\n";
        return new HttpReply(status, "text/html; charset=UTF-8", page.getBytes(StandardCharsets.UTF_8));
    }

    /// @param headOnly the length is said, the body is not sent
    ByteBuffer bytes(boolean headOnly) {
        byte[] head = ("HTTP/1.1 " + status + " " + reason(status) + "\r\nContent-Type: " + contentType
                        + "\r\nContent-Length: " + body.length + "\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
        var buffer = ByteBuffer.allocate(head.length + (headOnly ? 0 : body.length));
        buffer.put(head);
        if (!headOnly) buffer.put(body);
        return buffer.flip();
    }

    private static String reason(int status) {
        return switch (status) {
            case 200 -> "OK";
            case 400 -> "Bad Request";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            default -> "Internal Server Error";
        };
    }
}
