package cloud.yun.compute.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RememberedNamesTest {
    @TempDir
    private Path directory;

    @Test
    void journal_openedAgain_hasWhatWasAddedAndNotRemoved() {
        var file = Optional.of(directory.resolve("host/disks"));
        var names = new RememberedNames(file);
        names.add("a");
        names.add("b");
        names.remove("a");
        names.remove("never");
        names.add("c");
        assertThat(new RememberedNames(file).all()).containsExactlyInAnyOrder("b", "c");
        assertThat(new RememberedNames(file).all()).containsExactlyInAnyOrder("b", "c");
    }

    @Test
    void namesWithoutAJournal_areForgotten() {
        var names = new RememberedNames(Optional.empty());
        names.add("a");
        assertThat(names.contains("a")).isTrue();
        assertThat(new RememberedNames(Optional.empty()).all()).isEmpty();
    }
}
