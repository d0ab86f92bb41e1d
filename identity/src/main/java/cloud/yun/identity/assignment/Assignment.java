package cloud.yun.identity.assignment;

/// @param inherited on a domain or project: holds for the projects below it, not for itself
public record Assignment(Actor actor, Target target, String roleId, boolean inherited) {
    /// Who has the role.
    public record Actor(Kind kind, String id) {
        public enum Kind {
            USER("user"),
            GROUP("group");

            private final String wire;

            Kind(String wire) {
                this.wire = wire;
            }

            public String wire() {
                return wire;
            }
        }

        public static Actor user(String id) {
            return new Actor(Kind.USER, id);
        }

        public static Actor group(String id) {
            return new Actor(Kind.GROUP, id);
        }
    }

    /// On what.
    public record Target(Kind kind, String id) {
        public enum Kind {
            PROJECT("project"),
            DOMAIN("domain"),
            SYSTEM("system");

            private final String wire;

            Kind(String wire) {
                this.wire = wire;
            }

            public String wire() {
                return wire;
            }
        }

        public static final Target SYSTEM = new Target(Kind.SYSTEM, "system");

        public static Target project(String id) {
            return new Target(Kind.PROJECT, id);
        }

        public static Target domain(String id) {
            return new Target(Kind.DOMAIN, id);
        }
    }
}
