package cloud.yun.network.rbac;

/// @param type `network`, `security_group`, `subnetpool`, `address_scope` or `address_group`
/// @param action `access_as_shared`, `access_as_external`
/// @param target a project, or `*` for all
record Grant(String id, String projectId, String type, String objectId, String action, String target) {}
