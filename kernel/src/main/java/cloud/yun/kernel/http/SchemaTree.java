package cloud.yun.kernel.http;

import cloud.yun.kernel.json.Json;
import dev.harrel.jsonschema.JsonNode;
import dev.harrel.jsonschema.JsonNodeFactory;
import dev.harrel.jsonschema.SimpleType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Lets the schema library walk our JSON trees: it knows Jackson 2, we use Jackson 3.
record SchemaTree(tools.jackson.databind.JsonNode node, String pointer) implements JsonNode {
    static final JsonNodeFactory FACTORY = new JsonNodeFactory() {
        @Override
        public JsonNode wrap(Object tree) {
            return tree instanceof JsonNode own ? own : new SchemaTree((tools.jackson.databind.JsonNode) tree, "");
        }

        @Override
        public JsonNode create(String text) {
            return new SchemaTree(Json.stored(text), "");
        }
    };

    @Override
    public String getJsonPointer() {
        return pointer;
    }

    @Override
    public SimpleType getNodeType() {
        return switch (node.getNodeType()) {
            case OBJECT -> SimpleType.OBJECT;
            case ARRAY -> SimpleType.ARRAY;
            case BOOLEAN -> SimpleType.BOOLEAN;
            case NUMBER ->
                node.isIntegralNumber()
                                || node.decimalValue().stripTrailingZeros().scale() <= 0
                        ? SimpleType.INTEGER
                        : SimpleType.NUMBER;
            case STRING, BINARY, POJO -> SimpleType.STRING;
            case NULL, MISSING -> SimpleType.NULL;
        };
    }

    @Override
    public boolean asBoolean() {
        return node.booleanValue();
    }

    @Override
    public String asString() {
        return node.stringValue();
    }

    @Override
    public BigInteger asInteger() {
        return node.decimalValue().toBigInteger();
    }

    @Override
    public BigDecimal asNumber() {
        return node.decimalValue();
    }

    @Override
    public List<JsonNode> asArray() {
        var items = new ArrayList<JsonNode>(node.size());
        for (int i = 0; i < node.size(); i++) items.add(new SchemaTree(node.get(i), pointer + "/" + i));
        return items;
    }

    @Override
    public Map<String, JsonNode> asObject() {
        var fields = new LinkedHashMap<String, JsonNode>();
        for (var field : node.properties())
            fields.put(
                    field.getKey(),
                    new SchemaTree(field.getValue(), pointer + "/" + JsonNode.encodeJsonPointer(field.getKey())));
        return fields;
    }
}
