import Explanation

extension Explorer {
  /// The state that goes on with another model, a better one of the same run: the same viewer at
  /// the same step, and the same view.
  package static func carry(_ state: State, from old: SceneCache, to new: SceneCache) -> State {
    var state = state
    if let viewer = state.viewer {
      let (before, after) = (old.session.viewers, new.session.viewers)
      if viewer >= before.count {
        state.viewer = viewer - before.count + after.count
      } else if !after.indices.contains(viewer) || after[viewer].user != before[viewer].user {
        state.viewer = after.firstIndex { $0.user == before[viewer].user }
        state.overlay = nil
      }
    }
    if let view = state.fullView?.view { state.show(view.carried(from: old, to: new)) }
    if let slot = state.slot, slot >= new.model.relationNames.count { state.slot = nil }
    return state
  }
}
