/// Who may do what, in oslo.policy's language. Rooms register upstream's rule names and defaults; the operator's
/// policy.yaml or policy.json overrides them without a restart. Start reading at `Policy`.
package cloud.yun.kernel.policy;
