package cloud.yun.app;

import cloud.yun.kernel.config.Config;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/// Database addresses as OpenStack writes them (SQLAlchemy's), made into JDBC's.
final class Connections {
    private Connections() {}

    /// `postgresql+psycopg2://user:password@host:5432/yun` to `jdbc:postgresql://host:5432/yun?user=...`.
    ///
    /// @throws Config.Wrong not a PostgreSQL address
    static String jdbc(String connection) {
        if (connection.startsWith("jdbc:postgresql:")) return connection;
        var uri = URI.create(connection);
        if (uri.getScheme() == null || !uri.getScheme().startsWith("postgresql") || uri.getHost() == null)
            throw new Config.Wrong(
                    "[database] connection must be postgresql://USER:PASSWORD@HOST/DATABASE; SQLite is used"
                            + " when it is unset");
        var address =
                "jdbc:postgresql://" + uri.getHost() + ":" + (uri.getPort() < 0 ? 5432 : uri.getPort()) + uri.getPath();
        var user = uri.getRawUserInfo();
        if (user == null) return address;
        int colon = user.indexOf(':');
        var name = colon < 0 ? user : user.substring(0, colon);
        var withUser = address + "?user=" + encoded(name);
        return colon < 0 ? withUser : withUser + "&password=" + encoded(user.substring(colon + 1));
    }

    private static String encoded(String part) {
        return URLEncoder.encode(URLDecoder.decode(part, StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }
}
