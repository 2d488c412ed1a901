import AtomicFiles
import Explanation
import Text

package enum Pin: Equatable, Sendable {
  case view(PinnedView)
  /// The same history read by the second model.
  case model
}

/// A user, a step and edits that stay while the live side goes on.
package struct PinnedView: Equatable, Sendable {
  /// The user, by place as in ``State``.
  let user: Int
  /// The step, from 0, of the edited history.
  let step: Int
  let edits: [Edit]
}

/// Edits and pins that a command line asks for.
extension SceneCache {
  /// A state with its user's history edited, at a step of what the edits leave.
  ///
  /// - Parameter step: from 1; nil for the state's own, as far as the edited history goes.
  package func editing(
    _ state: State, _ script: EditScript, step: Int?
  ) throws(UserError) -> State {
    guard !script.edits.isEmpty || step != nil else { return state }
    guard let user = unedited(state) else {
      throw UserError("--edit: there is no history to edit; --viewer ID names one.")
    }
    let run = try edited(user, script, option: "")
    var next = state
    next.edits.edits = run.edits
    next.step = min(state.step, run.rows.count - 1)
    if let step { next.step = try checked(step, run, history(of: user).user) }
    return next
  }

  package func pinning(_ state: State, _ request: PinRequest) throws(UserError) -> State {
    let own = state.own.firstIndex { $0.name == request.user }
    let place =
      session.users.place(of: request.user)
      ?? own.map { session.users.count + $0 }
    var other = state
    other.user = place
    guard let place, let user = unedited(other) else {
      let near = AtomicFiles.nearest(
        to: request.user, among: Array(session.users.names) + state.own.map(\.name))
      throw UserError(
        "--pin: there is no user \(quoted(request.user)) among the "
          + "\(session.users.count)" + (near.map { "; the nearest is \(quoted($0))." } ?? "."))
    }
    let run = try edited(user, request.script, option: "pin ")
    let step = try checked(request.step + 1, run, request.user)
    var next = state
    next.pin = .view(PinnedView(user: place, step: step, edits: run.edits))
    Explorer.beginComparison(&next)
    return next
  }

  private func edited(
    _ user: User, _ script: EditScript, option: String
  ) throws(UserError) -> EditedHistory {
    do throws(UserError) {
      return try EditedHistory(history(of: user).items, script, in: editNames)
    } catch {
      throw UserError("--\(option)\(error)")
    }
  }

  private func checked(
    _ step: Int, _ run: EditedHistory, _ user: String
  ) throws(UserError) -> Int {
    guard (1...run.rows.count).contains(step) else {
      throw UserError(
        "There is no step \(step): user \(quoted(user)) has steps 1 to "
          + "\(run.rows.count)\(run.edits.isEmpty ? "" : " after the edits").")
    }
    return step - 1
  }
}
