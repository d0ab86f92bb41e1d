package cloud.yun.blockstorage.volume;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.yun.blockstorage.volume.VolumeStatus.Event;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;

class VolumeStatusTest {
    @Test
    void table_walked_leadsFromEveryWorkingStatusToAnEnd() {
        for (var status : EnumSet.of(
                VolumeStatus.CREATING,
                VolumeStatus.DOWNLOADING,
                VolumeStatus.UPLOADING,
                VolumeStatus.EXTENDING,
                VolumeStatus.DELETING)) {
            var next = VolumeStatus.TABLE.rows().stream()
                    .filter(r -> r.from() == status && r.event() != Event.FORCE_DELETE)
                    .map(r -> r.to())
                    .toList();
            assertThat(next).as(status.wire()).anyMatch(s -> !VolumeStatus.IN_FLIGHT.contains(s));
        }
    }

    @Test
    void delete_isAllowedWhereCinderAllowsIt() {
        assertThat(VolumeStatus.TABLE.from(Event.DELETE))
                .containsExactlyInAnyOrder(
                        VolumeStatus.AVAILABLE,
                        VolumeStatus.ERROR,
                        VolumeStatus.ERROR_RESTORING,
                        VolumeStatus.ERROR_EXTENDING,
                        VolumeStatus.ERROR_MANAGING);
        assertThat(VolumeStatus.TABLE.from(Event.FORCE_DELETE)).hasSize(VolumeStatus.values().length);
    }

    @Test
    void wire_ofEveryStatus_isReadBack() {
        for (var status : VolumeStatus.values())
            assertThat(VolumeStatus.of(status.wire())).contains(status);
        assertThat(VolumeStatus.of("in_use")).isEmpty();
    }
}
