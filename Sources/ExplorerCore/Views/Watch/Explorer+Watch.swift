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
    if case .map(var view) = state.fullView {
      // Another model, another plane.
      if case .point = view.centre { (view.centre, view.zoom) = (.everything, 0) }
      if old.session.model.items != new.session.model.items { view = MapView() }
      state.fullView = .map(view)
    }
    if let slot = state.slot, slot >= new.model.relationNames.count { state.slot = nil }
    return state
  }
}
