import Workspace

/// Everything that the picture on the screen depends on, apart from what the model computes.
public struct State: Equatable, Sendable {
  /// The extent of the screen.
  public internal(set) var size: Size
  /// The user that is looked at, by place among the users of the data and then
  /// ``own``; nil for none.
  public internal(set) var user: Int?
  /// The step of the history, from 0: the last interaction that the model has read.
  public internal(set) var step: Int
  /// The selected row of the recommendations.
  package internal(set) var recommendation = 0
  /// Whether items that the user has watched are left out of the recommendations.
  package internal(set) var hidesSeen = false
  /// The selected slot of the memory; nil for the one that is read most.
  package internal(set) var slot: Int?
  package internal(set) var slotOrder = SlotOrder.model
  package internal(set) var why = WhyView()
  package internal(set) var userOrder = UserOrder.data
  /// Whether the steps go on by themselves, and how fast.
  package internal(set) var playback = Playback()
  package internal(set) var focus: Pane = .history
  /// What stands beside the history on a screen of medium width: state or memory.
  package internal(set) var side: Pane = .memory
  package internal(set) var showsWhy = false
  @OnTop var overlay: (any Overlay)?
  /// What takes the place of the panes.
  package internal(set) var fullView: OpenView?
  package var watch: WatchStatus?
  package internal(set) var awaitsTour = false
  package internal(set) var tour: Tour?
  package internal(set) var usesPlainWords = false
  /// A short message, shown until the next key.
  package internal(set) var toast: Toast?
  package internal(set) var takesMouse: Bool
  package internal(set) var theme: Theme
  /// Whether what shows the picture has colours; what colours alone would say needs another sign
  /// where it has not.
  package var hasColors = true
  /// The users made here; in ``user`` they come after those of the data.
  package internal(set) var own: [OwnUser] = []
  package internal(set) var edits = EditLog()
  /// The place that is edited, while the keys edit.
  package internal(set) var editor: EditCursor?
  /// Whether the smallest set behind the selected recommendation is looked for.
  package internal(set) var seeksSmallest = false
  /// What the view is compared with; nil where nothing is compared.
  package internal(set) var pin: Pin?
  /// The own user that is deleted when the key for it is pressed once more.
  var asksToDelete: String?
  var seed: UInt64

  /// The state at the start.
  public init(
    size: Size, user: Int? = nil, step: Int = 0, takesMouse: Bool = true,
    theme: Theme = .standard, seed: UInt64 = 0
  ) {
    self.size = size
    self.user = user
    self.step = step
    self.takesMouse = takesMouse
    self.theme = theme
    self.seed = seed
  }

  /// Rows that the edits take below the panes, or else the training run that is watched.
  private var rowsBelow: Int {
    let edits = EditLine.rows(of: self)
    return edits > 0 ? edits : watch.map { WatchStrip.rows(of: $0, on: size) } ?? 0
  }

  package var layout: Layout {
    let below =
      tour.map { TourBox.rows(of: $0, isPlain: usesPlainWords, on: size) } ?? rowsBelow
    return Layout(
      Size(columns: size.columns, rows: size.rows - below),
      Layout.Request(
        focus: focus, side: side, showsWhy: showsWhy, zoomsWhy: why.isZoomed && focus == .why,
        compares: pin != nil, edits: editor != nil))
  }

  var showsColors: Bool { hasColors && theme != .mono }

  package func showing(_ toast: Toast) -> State {
    var state = self
    state.toast = toast
    return state
  }

  package var context: Context {
    if Layout.form(for: size) == .message { return .message }
    if let overlay { return overlay.context }
    if tour != nil { return .tour }
    if let fullView { return type(of: fullView.view).context }
    if showsWhy, focus == .why { return .why }
    return editor != nil ? .edit : .main
  }

  /// Whether the keys go to a view that takes the place of the panes.
  var isInFullView: Bool {
    fullView.map { type(of: $0.view).context == context } ?? false
  }

  /// The panes in the order in which the focus goes through them.
  package var openPanes: [Pane] {
    if pin != nil { return [.history, .memory, .recommendations] }
    return Pane.allCases.filter { $0 != .why || showsWhy }
  }
}

/// Steps that go on by themselves.
package struct Playback: Equatable, Sendable {
  package internal(set) var isRunning = false
  /// The place of the speed among ``speeds``.
  var speed = 1

  /// Steps a second.
  static let speeds: [Double] = [0.5, 1, 2, 4, 8, 16]

  /// Steps a second.
  package var stepsPerSecond: Double { Playback.speeds[speed] }
}

/// A short message in the place of the footer.
public struct Toast: Equatable, Sendable {
  package private(set) var text: String
  /// How it is meant: ordinary text, a warning or a failure.
  package let role: Role

  package init(_ text: String, role: Role = .text) {
    self.text = text
    self.role = role
  }

  mutating func fill(_ nouns: Nouns) { text = nouns.fill(text) }
}
