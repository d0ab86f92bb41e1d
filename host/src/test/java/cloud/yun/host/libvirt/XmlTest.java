package cloud.yun.host.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class XmlTest {
    @Test
    void escape_leavesNothingXmlReads() {
        assertThat(Xml.escape("a<b>&\"'c")).isEqualTo("a&lt;b&gt;&amp;&quot;&apos;c");
        assertThat(Xml.escape("two\nlines\u0000\u0007")).isEqualTo("two&#10;lines");
        assertThat(Xml.escape("云 \ud83d\ude00")).isEqualTo("云 \ud83d\ude00");
    }
}
