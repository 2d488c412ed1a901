/// What is lost of log p(item); of a model trained by BPR, of the score.
///
/// The score says how much less the item is liked, log p how much less it stands out: what its rivals
/// lose counts against the loss.
struct LeaveOneOutOfLogProbability: LeavesOneOut {
  let id = "leaveOneOutOfLogProbability"
  let name = "leave-one-out, log p"
  let quantity = AttributedQuantity.logProbability
  let columns = AttributionColumns(
    json: "leaveOneOutOfLogProbability", csv: "step_leave_one_out_of_log_probability")
}
