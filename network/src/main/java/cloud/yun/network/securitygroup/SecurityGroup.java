package cloud.yun.network.securitygroup;

import cloud.yun.network.api.Standard;

/// @param standard the project's group named `default`
record SecurityGroup(
        String id, String projectId, String name, boolean stateful, boolean isDefault, Standard standard) {}
