package cloud.yun.identity.group;

import tools.jackson.databind.node.ObjectNode;

public record Group(String id, String domainId, String name, String description, ObjectNode extra) {}
