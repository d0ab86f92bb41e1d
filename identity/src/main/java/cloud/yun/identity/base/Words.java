package cloud.yun.identity.base;

import cloud.yun.kernel.error.CloudException.Conflict;
import cloud.yun.kernel.error.CloudException.Forbidden;
import cloud.yun.kernel.error.CloudException.Invalid;
import cloud.yun.kernel.error.CloudException.NotFound;

/// Errors in Keystone's words, which clients and their tests look for.
public final class Words {
    private static final String MALFORMED =
            " The server could not comply with the request since it is either malformed or otherwise incorrect. The"
                    + " client is assumed to be in error.";

    private Words() {}

    /// @param kind as Keystone names it, for example `user`, `role`
    public static NotFound notFound(String kind, String id) {
        return new NotFound("Could not find " + kind + ": " + id + ".");
    }

    public static Conflict conflict(String kind, String details) {
        return new Conflict("Conflict occurred attempting to store " + kind + " - " + details + ".");
    }

    public static Conflict duplicateName(String kind, String name) {
        return conflict(kind, "Duplicate entry found with name " + name);
    }

    public static Conflict duplicateName(String kind, String name, String domainId) {
        return conflict(kind, "Duplicate entry found with name " + name + " at domain ID " + domainId);
    }

    /// A refusal for a reason that everybody may know.
    ///
    /// @param action what was tried, or why it is refused
    public static Forbidden forbidden(String action) {
        return new Forbidden("You are not authorized to perform the requested action: " + action + ".");
    }

    /// A refusal for a reason that stands in the log only.
    public static Forbidden forbidden() {
        return new Forbidden("You are not authorized to perform the requested action.");
    }

    /// Something is missing where it must stand.
    public static Invalid expecting(String attribute, String target) {
        return new Invalid("Expecting to find " + attribute + " in " + target + "." + MALFORMED);
    }

    /// @throws Invalid the text is longer than Keystone's column holds
    public static void fits(String column, String text, int lengthMax) {
        if (text.length() > lengthMax)
            throw new Invalid("String length exceeded. The length of string '" + text + "' exceeds the limit of column "
                    + column + "(CHAR(" + lengthMax + ")).");
    }
}
