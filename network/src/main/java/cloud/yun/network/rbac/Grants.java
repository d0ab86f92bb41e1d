package cloud.yun.network.rbac;

import cloud.yun.kernel.auth.Caller;
import cloud.yun.kernel.db.Tx;
import cloud.yun.network.api.Common;

/// Grants that other resources make and take away, for example when a network becomes shared. They are counted, and
/// never refused.
public final class Grants {
    public static final String SHARED = "access_as_shared";
    public static final String EXTERNAL = "access_as_external";

    private final Common common;

    public Grants(Common common) {
        this.common = common;
    }

    /// @return whether somebody granted the object to the caller's project, or to everybody
    public static boolean shared(Tx tx, Caller caller, String objectId) {
        return shared(tx, caller.project().map(Caller.Project::id).orElse(""), objectId);
    }

    public static boolean shared(Tx tx, String projectId, String objectId) {
        return new RbacStore(tx).granted(objectId, SHARED, projectId);
    }

    /// To everybody.
    public void all(Tx tx, String projectId, String objectType, String objectId, String action) {
        if (new RbacStore(tx).insert(new Grant(common.id(), projectId, objectType, objectId, action, "*")))
            common.give(tx, projectId, "rbac_policy", -1);
    }

    /// Takes back what everybody was granted.
    public void none(Tx tx, String objectId, String action) {
        revoke(tx, objectId, action, "*");
    }

    /// Takes back an action from whomever it was granted to.
    public void action(Tx tx, String objectId, String action) {
        revoke(tx, objectId, action, "");
    }

    /// The object goes.
    public void gone(Tx tx, String objectId) {
        revoke(tx, objectId, "", "");
    }

    private void revoke(Tx tx, String objectId, String action, String target) {
        for (var project : new RbacStore(tx).revoke(objectId, action, target))
            common.give(tx, project, "rbac_policy", 1);
    }
}
