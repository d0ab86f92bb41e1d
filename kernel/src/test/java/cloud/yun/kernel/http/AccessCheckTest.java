package cloud.yun.kernel.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AccessCheckTest {
    @Test
    void pattern_whenItHasWildcards_coversOneSegmentOrAnyNumber() {
        assertThat(AccessCheck.matches("/v2.1/servers", "/v2.1/servers")).isTrue();
        assertThat(AccessCheck.matches("/v2.1/servers", "/v2.1/servers/1")).isFalse();
        assertThat(AccessCheck.matches("/v2.1/servers", "/v2x1/servers")).isFalse();
        assertThat(AccessCheck.matches("/v2.1/servers/*/ips", "/v2.1/servers/1/ips"))
                .isTrue();
        assertThat(AccessCheck.matches("/v2.1/servers/{id}/ips", "/v2.1/servers/1/ips"))
                .isTrue();
        assertThat(AccessCheck.matches("/v2.1/servers/*", "/v2.1/servers/1/ips"))
                .isFalse();
        assertThat(AccessCheck.matches("/v2.1/servers/*", "/v2.1/servers/")).isFalse();
        assertThat(AccessCheck.matches("/v2.1/**", "/v2.1/servers/1/ips")).isTrue();
        assertThat(AccessCheck.matches("/**/ips", "/v2.1/servers/1/ips")).isTrue();
        assertThat(AccessCheck.matches("**", "/anything")).isTrue();
    }

    @Test
    void pattern_whenItHasUnclosedBraces_orIsARegularExpression_coversNothingElse() {
        assertThat(AccessCheck.matches("/a{b", "/a1")).isFalse();
        assertThat(AccessCheck.matches("/a.c", "/abc")).isFalse();
        assertThat(AccessCheck.matches("/\\Qa\\E.", "/ab")).isFalse();
    }
}
