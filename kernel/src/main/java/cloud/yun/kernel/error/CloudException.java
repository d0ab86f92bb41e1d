package cloud.yun.kernel.error;

import org.jspecify.annotations.Nullable;

/// What can go wrong, said without HTTP. The message reaches the user; `detail` only reaches the log.
///
/// `type` is the machine-readable name that some services put into their faults: Neutron's exception name
/// (`NetworkNotFound`), Placement's error code. It is data for clients, never a reason to branch in our own code.
/// Add a case only when a caller would act differently on it.
public abstract sealed class CloudException extends RuntimeException {
    private final String detail;
    private final String type;

    private CloudException(String message, String type, String detail, @Nullable Throwable cause) {
        super(message, cause);
        this.detail = detail;
        this.type = type;
    }

    /// @return what only the operator may see; empty when there is nothing more to say
    public String detail() {
        return detail;
    }

    /// @return the service's own name for this fault; empty when it has none
    public String type() {
        return type;
    }

    /// @return the user's message, never null
    public String userMessage() {
        return String.valueOf(getMessage());
    }

    /// The request is wrong and stays wrong if sent again.
    public static final class Invalid extends CloudException {
        public Invalid(String message) {
            this(message, "");
        }

        public Invalid(String message, String type) {
            super(message, type, "", null);
        }
    }

    /// Nobody proved who they are, or the proof is no longer good.
    public static final class Unauthorized extends CloudException {
        public Unauthorized() {
            this("The request you have made requires authentication.", "");
        }

        /// @param detail the true reason, for the log only: the answer must not tell an unknown user from a wrong
        /// password
        public Unauthorized(String message, String detail) {
            super(message, "", detail, null);
        }
    }

    /// Nothing there, or nothing the caller may know about: both must look the same.
    public static final class NotFound extends CloudException {
        public NotFound(String kind, Object id) {
            super(kind + " " + id + " could not be found.", "", "", null);
        }

        public NotFound(String message) {
            super(message, "", "", null);
        }

        private NotFound(String message, String type, String detail) {
            super(message, type, detail, null);
        }

        /// @param type the service's exception name, for example `NetworkNotFound`
        public static NotFound typed(String message, String type) {
            return new NotFound(message, type, "");
        }
    }

    /// The caller is known and may not do this.
    public static final class Forbidden extends CloudException {
        public Forbidden(String message) {
            this(message, "");
        }

        public Forbidden(String message, String type) {
            super(message, type, "", null);
        }

        /// @param rule the policy rule that does not hold, in oslo.policy's wording
        public static Forbidden byPolicy(String rule) {
            return new Forbidden("Policy doesn't allow " + rule + " to be performed.", "PolicyNotAuthorized");
        }
    }

    /// Well-formed, but not in this state; another attempt may pass.
    public static final class Conflict extends CloudException {
        public Conflict(String message) {
            this(message, "");
        }

        public Conflict(String message, String type) {
            super(message, type, "", null);
        }
    }

    /// A limit of the project or of the service would be passed.
    public static final class OverQuota extends CloudException {
        public OverQuota(String message, String type, String detail) {
            super(message, type, detail, null);
        }

        public OverQuota(String resource, long used, long limit) {
            this(
                    "Quota exceeded for resources: ['" + resource + "'].",
                    "OverQuota",
                    resource + " " + used + "/" + limit);
        }
    }

    /// HTTP itself refuses: the method, the media type, the size, a precondition. The status is the meaning.
    public static final class Refused extends CloudException {
        private final int status;

        /// @param status the HTTP status, for example 405, 406, 410, 411, 412, 413, 415, 416, 501
        public Refused(int status, String message) {
            this(status, message, "");
        }

        /// @param type the service's exception name, for example `RevisionNumberConstraintFailed`
        public Refused(int status, String message, String type) {
            super(message, type, "", null);
            this.status = status;
        }

        public int status() {
            return status;
        }
    }

    /// A part we depend on did not answer. The user retries, the operator looks.
    public static final class Unavailable extends CloudException {
        public Unavailable(String message, String detail, @Nullable Throwable cause) {
            super(message, "", detail, cause);
        }
    }
}
