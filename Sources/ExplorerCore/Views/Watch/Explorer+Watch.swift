import Explanation

extension Explorer {
  /// The state that goes on with another model, a better one of the same run: the same user at
  /// the same step, and the same view.
  package static func carry(_ state: State, from old: SceneCache, to new: SceneCache) -> State {
    var state = state
    if let user = state.user {
      let (before, after) = (old.session.users, new.session.users)
      if user >= before.count {
        state.user = user - before.count + after.count
      } else if !after.indices.contains(user) || after[user].user != before[user].user {
        state.user = after.firstIndex { $0.user == before[user].user }
        state.overlay = nil
      }
    }
    if let view = state.fullView?.view { state.show(view.carried(from: old, to: new)) }
    if let slot = state.slot, slot >= new.model.relationNames.count { state.slot = nil }
    return state
  }
}
