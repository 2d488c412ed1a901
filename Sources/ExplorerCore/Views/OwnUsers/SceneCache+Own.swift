import Explanation
import KSRModel
import Workspace

extension SceneCache {
  /// Whose history it is, so that what was computed for it can be found again.
  indirect enum Viewer: Hashable {
    /// A viewer of the data, by place.
    case data(Int)
    /// A viewer made here, by name and items.
    case own(String, [Int32])
    /// Either of them after edits.
    case edited(Viewer, EditedHistory)

    var isOwn: Bool {
      switch self {
      case .data: false
      case .own: true
      case .edited(let base, _): base.isOwn
      }
    }

    /// What the edits have made of the history; nil without any.
    var edited: EditedHistory? { if case .edited(_, let history) = self { history } else { nil } }
  }

  /// The viewer that a state looks at, after the edits; nil for none, or one without items that the
  /// model knows.
  func viewer(of state: State) -> Viewer? {
    guard let viewer = unedited(state) else { return nil }
    guard !state.edits.edits.isEmpty, let history = edited(viewer, state.edits.edits) else {
      return viewer
    }
    return .edited(viewer, history)
  }

  /// The viewer that a state looks at, before the edits.
  func unedited(_ state: State) -> Viewer? {
    guard let viewer = state.viewer else { return nil }
    if session.viewers.indices.contains(viewer) { return .data(viewer) }
    let place = viewer - session.viewers.count
    guard state.own.indices.contains(place) else { return nil }
    let items = items(of: state.own[place])
    return items.isEmpty ? nil : .own(state.own[place].name, items)
  }

  /// The viewer's interactions; those of an own viewer were left out of training and have no time.
  func history(of viewer: Viewer) -> History {
    switch viewer {
    case .data(let place): session.viewers[place]
    case .own(let name, let items):
      History(
        user: name, items: items, timestamps: items.indices.map(Double.init), isHeldOut: true)
    case .edited(let base, _): history(of: base)
    }
  }

  /// The items of an own viewer that the model knows.
  func items(of viewer: OwnUser) -> [Int32] {
    viewer.items.compactMap { item($0) }
  }

  func item(_ token: String) -> Int32? {
    session.model.items.id(of: token).flatMap { $0 > 0 ? Int32(exactly: $0) : nil }
  }
}
