package cloud.yun.objectstore.web;

import cloud.yun.kernel.db.Database;
import cloud.yun.kernel.error.CloudException.NotFound;
import cloud.yun.kernel.http.Reply;
import cloud.yun.objectstore.base.Call;
import cloud.yun.objectstore.base.Listing;
import cloud.yun.objectstore.base.SwiftPath;
import cloud.yun.objectstore.base.Wire;
import cloud.yun.objectstore.container.Container;
import cloud.yun.objectstore.container.Containers;
import cloud.yun.objectstore.front.Filter;
import cloud.yun.objectstore.front.Front;
import cloud.yun.objectstore.front.Handler;
import cloud.yun.objectstore.object.Place;
import java.util.Optional;

/// A container as a web site, for visitors without a token: index pages, listings, pages for errors.
///
/// @see <a href="https://docs.openstack.org/swift/latest/api/static-website.html">static web sites</a>
public final class StaticWeb implements Filter {
    private static final int LISTED_MAX = 10_000;

    private final Database db;
    private final Containers containers;

    public StaticWeb(Database db, Containers containers) {
        this.db = db;
        this.containers = containers;
    }

    @Override
    public Reply apply(Call call, Handler next) {
        boolean visitor = !call.caller().authenticated() || call.truth("x-web-mode");
        if (!visitor
                || !call.reads()
                || call.signed().isPresent()
                || call.path().container().isEmpty()) return next.handle(call);
        var found = Place.find(db, call.path()).container();
        if (found.isEmpty()) return next.handle(call);
        var container = found.get();
        var index = container.meta("Web-Index").filter(i -> !i.isBlank());
        boolean listings = container.meta("Web-Listings").map(Wire::truth).orElse(false);
        if (index.isEmpty() && !listings && container.meta("Web-Error").isEmpty()) return next.handle(call);
        var site = new Site(call, next, container, index, listings);
        return call.path().object().isEmpty() ? site.root() : site.page();
    }

    private final class Site {
        private final Call call;
        private final Handler next;
        private final Container container;
        private final Optional<String> index;
        private final boolean listings;

        Site(Call call, Handler next, Container container, Optional<String> index, boolean listings) {
            this.call = call;
            this.next = next;
            this.container = container;
            this.index = index;
            this.listings = listings;
        }

        Reply root() {
            if (index.isEmpty() && !listings) return failed(next.handle(call));
            if (!call.request().path().endsWith("/")) return moved();
            return folder("");
        }

        Reply page() {
            var name = call.path().objectName();
            var reply = next.handle(call);
            var marker = container.meta("Web-Directory-Type").orElse("application/directory");
            boolean folder =
                    reply.status() / 100 == 2 && marker.equals(reply.headers().get("Content-Type"));
            if (reply.status() / 100 != 4 && !folder) return reply;
            if (reply.status() == 401 || reply.status() == 403) return failed(reply);
            if (name.endsWith("/")) return folder(name);
            if (anything(name + "/")) return moved();
            return folder ? reply : failed(reply);
        }

        private Reply moved() {
            return Reply.empty(301)
                    .header("Location", call.request().url() + call.request().path() + "/");
        }

        private boolean anything(String prefix) {
            return (index.isPresent() || listings)
                    && !containers
                            .list(container, Listing.Query.prefix(prefix, 1))
                            .isEmpty();
        }

        /// @param prefix empty, or with a slash at its end
        private Reply folder(String prefix) {
            if (index.isPresent()) {
                var path = SwiftPath.object(container.account(), container.name(), prefix + index.get());
                var reply = next.handle(call.at(path));
                if (reply.status() / 100 == 2 || reply.status() == 304) return reply;
                if (reply.status() != 404 || !listings) return failed(reply);
            }
            if (!listings) return failed(Reply.empty(404));
            // Whoever may not list gets the page for that error.
            var allowed = next.handle(call.at(container.path()));
            if (allowed.status() / 100 != 2) return failed(allowed);
            return listing(prefix);
        }

        private Reply listing(String prefix) {
            var query = new Listing.Query(LISTED_MAX, prefix, "", "", "/", Optional.empty(), false);
            var label =
                    container.meta("Web-Listings-Label").orElse(call.request().path());
            var page = new StringBuilder(
                    "<!DOCTYPE html>\n<html>\n <head>\n  <title>Listing of " + Wire.html(label) + "</title>\n");
            var css = container.meta("Web-Listings-Css");
            if (css.isPresent()) {
                int depth = (int) prefix.chars().filter(c -> c == '/').count();
                boolean absolute = css.get().startsWith("/") || css.get().contains("://");
                page.append("  <link rel=\"stylesheet\" type=\"text/css\" href=\"")
                        .append(absolute ? "" : "../".repeat(depth))
                        .append(Wire.html(css.get()))
                        .append("\" />\n");
            }
            page.append(" </head>\n <body>\n  <h1 id=\"title\">Listing of " + Wire.html(label) + "</h1>\n"
                    + "  <table id=\"listing\">\n   <tr id=\"heading\">\n    <th class=\"colname\">Name</th>\n"
                    + "    <th class=\"colsize\">Size</th>\n    <th class=\"coldate\">Date</th>\n   </tr>\n");
            if (!prefix.isEmpty()) row(page, "parent", "../", "../", "", "");
            for (var entry : containers.list(container, query)) {
                var name = entry.name().substring(prefix.length());
                if (name.isEmpty()) continue;
                if (entry.subdir()) row(page, "item subdir", Wire.quote(name), name, "", "");
                else {
                    var object = entry.item().orElseThrow();
                    row(
                            page,
                            "item",
                            Wire.quote(name),
                            name,
                            Long.toString(object.bytes()),
                            object.updatedAt().http());
                }
            }
            page.append("  </table>\n </body>\n</html>\n");
            return Reply.text(200, page.toString(), "text/html; charset=UTF-8");
        }

        private static void row(StringBuilder page, String kind, String link, String name, String size, String date) {
            page.append("   <tr class=\"" + kind + "\">\n    <td class=\"colname\"><a href=\"" + Wire.html(link) + "\">"
                    + Wire.html(name) + "</a></td>\n    <td class=\"colsize\">" + size
                    + "</td>\n    <td class=\"coldate\">" + date + "</td>\n   </tr>\n");
        }

        /// The site's own page for the error, if it has one: `404error.html` for `Web-Error: error.html`.
        private Reply failed(Reply reply) {
            int status = reply.status();
            var error = container.meta("Web-Error").filter(e -> !e.isBlank());
            if (error.isEmpty() || status / 100 != 4) return faulty(reply);
            var path = SwiftPath.object(container.account(), container.name(), status + error.get());
            var own = next.handle(call.at(path));
            return own.status() == 200 ? new Reply(status, own.headers(), own.body()) : faulty(reply);
        }

        private static Reply faulty(Reply reply) {
            boolean bare = reply.body() instanceof Reply.Body.None;
            return bare && reply.status() == 404 ? Front.fault(new NotFound("")) : reply;
        }
    }
}
