package cloud.yun.image.image;

import static cloud.yun.kernel.state.StateTable.on;

import cloud.yun.kernel.state.StateTable;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// The states of an image and their moves.
///
/// @see <a href="https://docs.openstack.org/glance/latest/user/statuses.html">Image statuses</a>
public enum ImageState {
    /// Known, without data.
    QUEUED,
    /// Data is arriving.
    SAVING,
    ACTIVE,
    /// Only admins may download it.
    DEACTIVATED,
    /// Data is arriving in the staging area, or lies there whole.
    UPLOADING,
    /// Staged data is becoming the image's data.
    IMPORTING,
    /// The data was lost or never usable. Nothing of ours leads here; adopted images may bring it along.
    KILLED,
    PENDING_DELETE,
    /// Gone: the row is removed in the same transaction.
    DELETED;

    public enum Event {
        SAVE,
        /// A new attempt takes the place of one that did not end.
        SAVE_AGAIN,
        SAVED,
        SAVE_FAILED,
        STAGE,
        STAGED,
        STAGE_FAILED,
        IMPORT,
        IMPORT_FAILED,
        DEACTIVATE,
        REACTIVATE,
        DELETE
    }

    public static final StateTable<ImageState, Event> TABLE = StateTable.of(
            ImageState.class,
            Event.class,
            on(QUEUED, Event.SAVE, SAVING),
            on(QUEUED, Event.SAVE_AGAIN, SAVING),
            on(SAVING, Event.SAVE_AGAIN, SAVING),
            on(SAVING, Event.SAVED, ACTIVE),
            on(SAVING, Event.SAVE_FAILED, QUEUED),
            on(QUEUED, Event.STAGE, UPLOADING),
            on(UPLOADING, Event.STAGED, UPLOADING),
            on(UPLOADING, Event.STAGE_FAILED, QUEUED),
            on(UPLOADING, Event.IMPORT, IMPORTING),
            on(IMPORTING, Event.SAVED, ACTIVE),
            on(QUEUED, Event.IMPORT, IMPORTING),
            on(IMPORTING, Event.IMPORT_FAILED, QUEUED),
            on(ACTIVE, Event.DEACTIVATE, DEACTIVATED),
            on(DEACTIVATED, Event.DEACTIVATE, DEACTIVATED),
            on(DEACTIVATED, Event.REACTIVATE, ACTIVE),
            on(ACTIVE, Event.REACTIVATE, ACTIVE),
            on(QUEUED, Event.DELETE, DELETED),
            on(SAVING, Event.DELETE, DELETED),
            on(ACTIVE, Event.DELETE, DELETED),
            on(DEACTIVATED, Event.DELETE, DELETED),
            on(UPLOADING, Event.DELETE, DELETED),
            on(IMPORTING, Event.DELETE, DELETED),
            on(KILLED, Event.DELETE, DELETED),
            on(PENDING_DELETE, Event.DELETE, DELETED));

    /// Somebody is at work. A row that stays here after its attempt ended was lost by a crash.
    public static final Set<ImageState> IN_FLIGHT = EnumSet.of(SAVING, UPLOADING, IMPORTING);

    /// @return the word in the API
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<ImageState> of(String wire) {
        return Arrays.stream(values()).filter(s -> s.wire().equals(wire)).findFirst();
    }
}
