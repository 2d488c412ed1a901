import AtomicFiles
import ExplorerCore
import Foundation
import Workspace

struct StateKeeper {
  let kept: SavedState
  /// What is wrong with it, or why nothing will be kept.
  let warning: String?
  /// Whether nothing has been kept yet, so that hints are new.
  let isFirstStart: Bool

  private let file: StateFile?
  private let model: SavedState.ModelKey
  private let users: Histories

  /// Reads what was kept of the model that a request leads to.
  init(_ request: OpenRequest, _ cache: SceneCache) throws {
    file = StateFile(environment: ProcessInfo.processInfo.environment)
    var (kept, warning) = file?.read() ?? (SavedState(), Self.nowhere)
    isFirstStart = kept == SavedState() && warning == nil
    if warning == nil, let file {
      do throws(DataError) { try file.check() } catch { warning = "Nothing will be kept: \(error)" }
    }
    (self.kept, self.warning) = (kept, warning)
    let path = try request.files().model
    model = SavedState.ModelKey(
      path: Paths.resolved(path) ?? path,
      digest: cache.session.model.provenance.trainingDigest, data: cache.model.dataName)
    users = cache.session.users
  }

  /// Gives a state what was kept, apart from the place: own users and, unless keys are pressed
  /// first, which count on the panes of a first start, the panes.
  func restore(_ state: inout State, withPanes: Bool = true) {
    if withPanes { kept.restore(&state, for: model) } else { kept.restoreOwn(&state, for: model) }
  }

  /// The place that was kept; one in a state with the own users in it.
  func place(in state: State) -> (user: Int, step: Int)? {
    kept.place(for: model, users: users.names, in: state)
  }

  func ownUser(_ name: String, in state: State) -> Int? {
    state.own.firstIndex { $0.name == name }.map { users.count + $0 }
  }

  private static let nowhere =
    "Nothing will be kept: neither XDG_STATE_HOME nor HOME is an absolute path"

  /// Writes the state down; if that fails, returns the state with a message that says so.
  func keep(_ state: State) -> State? {
    guard let file else { return state.showing(Toast(Self.nowhere, role: .failure)) }
    do throws(DataError) {
      try file.remember(state, of: model, users: users.names)
      return nil
    } catch {
      return state.showing(Toast("Not kept: \(error)", role: .failure))
    }
  }
}
