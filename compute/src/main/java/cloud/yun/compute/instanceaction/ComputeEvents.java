package cloud.yun.compute.instanceaction;

import java.util.Map;
import java.util.Optional;

/// What Nova calls the event of a whole action on its host. Clients wait for these names (Tempest for the end of
/// `compute_detach_interface`, say); the flow's tasks are events of their own beside it.
///
/// Source: Compute API reference, "Servers - Instance actions"; an event is named after the compute service's
/// operation.
final class ComputeEvents {
    private static final Map<String, String> BY_FLOW = Map.ofEntries(
            Map.entry("server_create", "compute__do_build_and_run_instance"),
            Map.entry("server_delete", "compute_terminate_instance"),
            Map.entry("server_start", "compute_start_instance"),
            Map.entry("server_stop", "compute_stop_instance"),
            Map.entry("server_reboot_soft", "compute_reboot_instance"),
            Map.entry("server_reboot_hard", "compute_reboot_instance"),
            Map.entry("server_pause", "compute_pause_instance"),
            Map.entry("server_unpause", "compute_unpause_instance"),
            Map.entry("server_suspend", "compute_suspend_instance"),
            Map.entry("server_resume", "compute_resume_instance"),
            Map.entry("server_rescue", "compute_rescue_instance"),
            Map.entry("server_unrescue", "compute_unrescue_instance"),
            Map.entry("server_shelve", "compute_shelve_instance"),
            Map.entry("server_shelve_offload", "compute_shelve_offload_instance"),
            Map.entry("server_unshelve", "compute_unshelve_instance"),
            Map.entry("server_rebuild", "compute_rebuild_instance"),
            Map.entry("server_evacuate", "compute_rebuild_instance"),
            Map.entry("server_resize", "compute_resize_instance"),
            Map.entry("server_confirm_resize", "compute_confirm_resize"),
            Map.entry("server_revert_resize", "compute_revert_resize"),
            Map.entry("server_create_image", "compute_snapshot_instance"),
            Map.entry("server_create_volume_image", "api_snapshot_instance"),
            Map.entry("server_create_backup", "compute_backup_instance"),
            Map.entry("server_extend_volume", "compute_extend_volume"),
            Map.entry("server_attach_interface", "compute_attach_interface"),
            Map.entry("server_detach_interface", "compute_detach_interface"),
            Map.entry("server_attach_volume", "compute_attach_volume"),
            Map.entry("server_detach_volume", "compute_detach_volume"));

    private ComputeEvents() {}

    static Optional<String> of(String flow) {
        return Optional.ofNullable(BY_FLOW.get(flow));
    }
}
