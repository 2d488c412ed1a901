import AtomicFiles
import FoundationEssentials
import Glibc
import Text

/// What is kept between runs.
///
/// Whatever is missing is as at the first start; names that this version does not know are passed
/// over.
package struct SavedState: Codable, Equatable, Sendable {
  /// The last place in each model, the latest first.
  var places: [Place]?
  /// The users made here, by the name of the data that the items are of.
  var own: [String: [OwnUser]]?
  var theme: String?
  var slotOrder: String?
  var userOrder: String?
  var hidesSeen: Bool?
  var focus: String?
  var side: String?
  var showsWhy: Bool?

  private enum CodingKeys: String, CodingKey {
    case places, own, theme, slotOrder, hidesSeen, focus, side, showsWhy
    case userOrder = "viewerOrder"
  }

  /// Which model it is: the path of its file and the digest of what it was trained on.
  package struct ModelKey: Codable, Equatable, Sendable {
    let path: String
    let digest: String
    let data: String

    /// The key of a model.
    ///
    /// - Parameters:
    ///   - path: the model file, without links in the path.
    ///   - digest: the digest of the training interactions.
    ///   - data: the name of the data.
    package init(path: String, digest: String, data: String) {
      self.path = path
      self.digest = digest
      self.data = data
    }
  }

  struct Place: Codable, Equatable, Sendable {
    let model: ModelKey
    let user: String
    let isOwn: Bool
    let step: Int

    private enum CodingKeys: String, CodingKey {
      case model, isOwn, step
      case user = "viewer"
    }
  }

  static let placeLimit = 50

  package init() {}

  /// Reads what ``text`` has written; nil if it is anything else.
  package init?(text: String) {
    guard let kept = try? JSONDecoder().decode(SavedState.self, from: Data(text.utf8)) else {
      return nil
    }
    self = kept
  }

  package var text: String {
    // It has no numbers but whole ones, so that this cannot fail.
    ((try? JSON.text(self)) ?? "{}") + "\n"
  }
}

extension SavedState {
  package var lastTheme: Theme? { theme.flatMap { Theme.named($0) } }

  package func restore(_ state: inout State, for model: ModelKey) {
    restoreOwn(&state, for: model)
    state.slotOrder = slotOrder.flatMap { SlotOrder(rawValue: $0) } ?? state.slotOrder
    state.userOrder = userOrder.flatMap { UserOrder(rawValue: $0) } ?? state.userOrder
    state.hidesSeen = hidesSeen ?? state.hidesSeen
    state.showsWhy = showsWhy ?? state.showsWhy
    if let side = side.flatMap({ Pane(rawValue: $0) }), side == .gruState || side == .memory {
      state.side = side
    }
    if let focus = focus.flatMap({ Pane(rawValue: $0) }), state.openPanes.contains(focus) {
      state.focus = focus
    }
  }

  package func restoreOwn(_ state: inout State, for model: ModelKey) {
    var names: Set<String> = []
    state.own = (own?[model.data] ?? []).filter {
      !$0.name.isEmpty && !$0.items.isEmpty && names.insert($0.name).inserted
    }
  }

  /// The user, as ``State`` counts them, and the step at which somebody last left a model.
  ///
  /// - Parameter users: the users of the data.
  package func place(
    for model: ModelKey, users: some RandomAccessCollection<String>, in state: State
  ) -> (user: Int, step: Int)? {
    guard let place = places?.first(where: { $0.model == model }) else { return nil }
    let user =
      place.isOwn
      ? state.own.firstIndex { $0.name == place.user }.map { users.count + $0 }
      : zip(0..., users).first { $1 == place.user }?.0
    return user.map { ($0, max(0, place.step)) }
  }

  /// Takes over what a state says, and leaves what it says nothing about.
  package mutating func remember(
    _ state: State, of model: ModelKey, users: some RandomAccessCollection<String>
  ) {
    theme = state.theme.name
    slotOrder = state.slotOrder.rawValue
    userOrder = state.userOrder.rawValue
    hidesSeen = state.hidesSeen
    focus = state.focus.rawValue
    side = state.side.rawValue
    showsWhy = state.showsWhy
    var all = own ?? [:]
    all[model.data] = state.own.isEmpty ? nil : state.own
    own = all.isEmpty ? nil : all
    guard let user = state.user else { return }
    let isOwn = user >= users.count
    let index = isOwn ? user - users.count : user
    guard !isOwn || state.own.indices.contains(index) else { return }
    let name =
      isOwn ? state.own[index].name : users[users.index(users.startIndex, offsetBy: index)]
    let place = Place(model: model, user: name, isOwn: isOwn, step: state.step)
    let others = (places ?? []).filter { $0.model != model }
    places = Array(([place] + others).prefix(SavedState.placeLimit))
  }
}

/// The file in which the explorer keeps its state between runs.
package struct StateFile: Sendable {
  package let path: String

  package init(path: String) { self.path = path }

  /// The file that an environment leads to: below `XDG_STATE_HOME` or, where that is missing, empty
  /// or relative, below `HOME/.local/state`; nil where `HOME` is not absolute either.
  package init?(environment: [String: String]) {
    func folder(_ name: String) -> String? {
      environment[name].flatMap { $0.hasPrefix("/") ? $0 : nil }
    }
    guard let base = folder("XDG_STATE_HOME") ?? folder("HOME").map({ $0 + "/.local/state" })
    else { return nil }
    path = base + (base.hasSuffix("/") ? "" : "/") + "ksr-tui/state.json"
  }

  /// Where a file that could not be read is put before another is written.
  var asidePath: String { path + ".unreadable" }

  /// Reads the state.
  ///
  /// - Returns: what was kept, and a sentence if there is something that cannot be read.
  package func read() -> (state: SavedState, warning: String?) {
    guard access(path, F_OK) == 0 else { return (SavedState(), nil) }
    // Larger than what anybody types: not a file of ours.
    guard let data = try? Data(contentsOf: URL(fileURLWithPath: path)), data.count < 1 << 24,
      let state = SavedState(text: String(decoding: data, as: UTF8.self))
    else {
      return (
        SavedState(), "What was kept of the last run cannot be read and is put aside: \(asidePath)"
      )
    }
    return (state, nil)
  }

  /// Throws if the file cannot be written.
  package func check() throws(DataError) {
    makeFolder()
    try AtomicFile.check(path)
  }

  package func remember(
    _ state: State, of model: SavedState.ModelKey, users: some RandomAccessCollection<String>
  ) throws(DataError) {
    var (kept, warning) = read()
    if warning != nil { rename(path, asidePath) }
    let before = kept
    kept.remember(state, of: model, users: users)
    guard warning != nil || kept != before else { return }
    makeFolder()
    try writeAtomically(kept.text, to: path)
  }

  /// Makes the folders above the file; if that fails, so does writing, with a sentence.
  private func makeFolder() {
    let parts = path.split(separator: "/").dropLast()
    for count in 1...max(1, parts.count) {
      mkdir("/" + parts.prefix(count).joined(separator: "/"), 0o700)
    }
  }
}
