package cloud.yun.host.net;

import cloud.yun.host.process.Command;
import cloud.yun.host.process.CommandFailed;
import cloud.yun.host.process.Commands;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// nftables of one namespace. A script is one transaction: all of it holds, or nothing changed.
///
/// @see <a href="https://www.netfilter.org/projects/nftables/manpage.html">nft(8)</a>
public final class Nft {
    private static final ObjectMapper JSON = new ObjectMapper();

    /// @param family `ip`, `ip6`, `inet`, `bridge`, `netdev` or `arp`
    public record Table(String family, String name) {}

    private final Commands commands;
    private final Optional<String> namespace;

    Nft(Commands commands, Optional<String> namespace) {
        this.commands = commands;
        this.namespace = namespace;
    }

    /// Applies a script in nft's own language, atomically.
    ///
    /// @throws CommandFailed it was refused; the message has nft's line and caret
    public void apply(String script) {
        commands.run(Command.of("nft", "-f", "-").stdin(script).in(namespace));
    }

    /// Replaces one table as a whole, in one transaction; packets see the old one or the new one.
    ///
    /// @param body what stands between the braces of `table FAMILY NAME { ... }`
    public void replaceTable(Table table, String body) {
        apply(dropping(table) + "table " + table.family() + " " + table.name() + " {\n" + body + "\n}\n");
    }

    public void deleteTable(Table table) {
        if (tables().contains(table)) apply(dropping(table));
    }

    /// Naming a table first makes it exist, so that deleting it cannot fail: nft 1.0 has no `destroy`.
    private static String dropping(Table table) {
        String name = table.family() + " " + table.name();
        return "table " + name + "\ndelete table " + name + "\n";
    }

    public List<Table> tables() {
        var tables = new ArrayList<Table>();
        for (JsonNode entry : list("list", "tables")) {
            if (entry.has("table")) {
                var table = entry.path("table");
                tables.add(new Table(
                        table.path("family").asString(""), table.path("name").asString("")));
            }
        }
        return tables;
    }

    /// @return the objects of a table in nft's JSON (`chain`, `rule`, `set`, `map` ...); empty when there is no
    ///     such table
    public List<JsonNode> objects(Table table) {
        return listOrNothing("list", "table", table.family(), table.name());
    }

    /// One pair of a map: `value` is nft's JSON of a verdict, for example `{"jump": {"target": "a"}}`.
    public record Element(JsonNode key, JsonNode value) {}

    /// @return the elements of a named map; none when there is no such map
    public List<Element> elements(Table table, String map) {
        var found = new ArrayList<Element>();
        for (JsonNode object : listOrNothing("list", "map", table.family(), table.name(), map)) {
            for (JsonNode pair : object.path("map").path("elem")) found.add(new Element(pair.path(0), pair.path(1)));
        }
        return found;
    }

    /// A named set, without what is in it.
    public record NamedSet(String name, Optional<String> comment) {}

    /// @return the sets of a table, however much is in them; none when there is no such table
    public List<NamedSet> sets(Table table) {
        return listOrNothing("-t", "list", "sets", "table", table.family(), table.name()).stream()
                .filter(o -> o.has("set"))
                .map(o -> o.path("set"))
                .map(s -> new NamedSet(
                        s.path("name").asString(""),
                        Optional.ofNullable(s.path("comment").asString(null))))
                .toList();
    }

    /// @return the elements of a named set in nft's JSON, for example `"10.0.0.1"` or
    ///     `{"prefix": {"addr": "10.0.0.0", "len": 8}}`; none when there is no such set
    public List<JsonNode> setElements(Table table, String set) {
        var found = new ArrayList<JsonNode>();
        for (JsonNode object : listOrNothing("list", "set", table.family(), table.name(), set))
            object.path("set").path("elem").forEach(found::add);
        return found;
    }

    /// @return the rules of a chain in nft's JSON; none when there is no such chain
    public List<JsonNode> rules(Table table, String chain) {
        return listOrNothing("list", "chain", table.family(), table.name(), chain).stream()
                .filter(o -> o.has("rule"))
                .map(o -> o.path("rule"))
                .toList();
    }

    private List<JsonNode> listOrNothing(String... what) {
        try {
            return list(what);
        } catch (CommandFailed e) {
            if (e.says("No such file or directory")) return List.of();
            throw e;
        }
    }

    /// @return the whole rule set as text, for people
    public String text() {
        return commands.output(Command.of("nft", "list", "ruleset").in(namespace));
    }

    private List<JsonNode> list(String... what) {
        String out = commands.output(Command.of("nft", "-j").with(what).in(namespace));
        var objects = new ArrayList<JsonNode>();
        for (JsonNode entry : JSON.readTree(out.isBlank() ? "{}" : out).path("nftables")) {
            if (!entry.has("metainfo")) objects.add(entry);
        }
        return objects;
    }
}
