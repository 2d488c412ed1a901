/// What the explorer knows of a view.
///
/// Nothing else names a view than its folder and ``Views/all``.
protocol ExplorerView: SendableMetatype {
  /// Keys of the panes that open it.
  static var openers: [Binding] { get }
  static var bindings: [Binding] { get }
  static func legend(_ words: Terminology, _ glyphs: Glyphs) -> [Legend.Entry]
  static func compose(_ scene: inout Scene, _ selection: Selection)
  /// Does a portion of what the view misses; false if it misses nothing at this turn.
  static func work(_ selection: Selection, at turn: WorkTurn) -> Bool
  /// Adds what the command line needs to show the view as it is.
  static func retrace(_ trail: inout Trail, to state: State, _ scene: Scene)
}

enum WorkTurn {
  /// Before anything else: the screen shows little more than what this finds.
  case first
  case onScreen
  /// What is added to what the screen shows already.
  case inDepth
  /// When the history on the screen has been looked through.
  case atLeisure
}

extension ExplorerView {
  static var openers: [Binding] { [] }
  static var bindings: [Binding] { [] }
  static func legend(_ words: Terminology, _ glyphs: Glyphs) -> [Legend.Entry] { [] }
  static func compose(_ scene: inout Scene, _ selection: Selection) {}
  static func work(_ selection: Selection, at turn: WorkTurn) -> Bool { false }
  static func retrace(_ trail: inout Trail, to state: State, _ scene: Scene) {}
}

protocol PaneView: ExplorerView {
  static var pane: Pane { get }
  static func name(_ words: Terminology) -> String
  /// What stands above it, in some columns.
  static func title(_ scene: Scene, width: Int, _ words: Terminology, _ glyphs: Glyphs) -> String
  static func draw(
    _ state: State, _ scene: Scene, in placement: Layout.Placement, _ frame: inout Frame)
  static func whenEmpty(_ scene: Scene, width: Int, _ glyphs: Glyphs) -> [String]
  /// Moves its selection by some rows.
  static func move(by offset: Int, in state: inout State, _ scene: Scene)
  static func select(_ row: Int, in state: inout State, _ scene: Scene)
  static func inspected(_ state: State, _ scene: Scene) -> Int32?
}

extension PaneView {
  static func title(
    _ scene: Scene, width: Int, _ words: Terminology, _ glyphs: Glyphs
  ) -> String { name(words) }
  static func whenEmpty(_ scene: Scene, width: Int, _ glyphs: Glyphs) -> [String] { [] }
  static func move(by offset: Int, in state: inout State, _ scene: Scene) {
    Explorer.stop(&state)
    Explorer.go(to: state.step + offset, in: &state, scene)
  }
  static func select(_ row: Int, in state: inout State, _ scene: Scene) {
    Explorer.stop(&state)
    Explorer.go(to: row, in: &state, scene)
  }
  static func inspected(_ state: State, _ scene: Scene) -> Int32? {
    scene.user.flatMap { user in scene.step.map { user.rows[$0.step].item } }
  }
}

extension Pane {
  var view: any PaneView.Type {
    guard let view = Views.panes[self] else { preconditionFailure("No view for \(self)") }
    return view
  }
}

/// What of a list is in sight: the work for it comes first.
struct Viewport {
  var selected: Int?
  let rows: [Int]

  /// The rows, the selected one first.
  var inOrder: [Int] { (selected.map { [$0] } ?? []) + rows.filter { $0 != selected } }
}

/// What content is computed for: a state as the screen shows it, and the history and step it is at.
struct Selection {
  struct Moment {
    let user: SceneCache.User
    let survey: UserSurvey
    let step: StepScene
  }

  let state: State
  let cache: SceneCache
  /// Nil where nobody is looked at.
  let moment: Moment?
}

/// A view that takes the place of the panes.
///
/// The value says where in it we are and what is selected.
protocol FullView: ExplorerView, Equatable, Sendable {
  init()
  static var context: Context { get }
  /// Commands of the panes that mean the same here, beside ``PaneKeys/everywhere``.
  static var shared: Set<Command> { get }
  func draw(_ state: State, _ scene: Scene, in frame: inout Frame)
  /// Selects what was clicked: a row, an item.
  func select(_ target: Int, on next: inout Explorer.Transition, _ scene: Scene)
  /// A click beside everything that can be selected.
  func click(_ place: Point, on next: inout Explorer.Transition, _ scene: Scene)
  func turnWheel(
    at place: Point, up: Bool, on next: inout Explorer.Transition, _ scene: Scene)
  func export(_ scene: Scene) -> ViewExport
  func commandLine(_ scene: Scene) -> (options: [String], keys: [String])
  /// The view when another model takes the place of the one it was opened with.
  func carried(from old: SceneCache, to new: SceneCache) -> Self
}

extension FullView {
  static var shared: Set<Command> { [] }
  func select(_ target: Int, on next: inout Explorer.Transition, _ scene: Scene) {}
  func click(_ place: Point, on next: inout Explorer.Transition, _ scene: Scene) {}
  func turnWheel(
    at place: Point, up: Bool, on next: inout Explorer.Transition, _ scene: Scene
  ) {
    Explorer.perform(up ? .rowUp : .rowDown, on: &next, scene)
  }
  func commandLine(_ scene: Scene) -> (options: [String], keys: [String]) {
    ([], Self.openers.first.map { [Bindings.key($0.command)] } ?? [])
  }
  func carried(from old: SceneCache, to new: SceneCache) -> Self { self }

  fileprivate func equals(_ other: any FullView) -> Bool { other as? Self == self }

  static var closer: Binding.Handler { { _, next, _ in next.state.fullView = nil } }
}

/// The view in the place of the panes, whichever it is.
package struct OpenView: Equatable, Sendable {
  let view: any FullView

  package static func == (a: OpenView, b: OpenView) -> Bool { a.view.equals(b.view) }
}

extension State {
  func view<View: FullView>(_: View.Type) -> View? { fullView?.view as? View }

  mutating func show(_ view: any FullView) { fullView = OpenView(view: view) }
}

extension Scene {
  subscript<Content: Sendable>(_: Content.Type) -> Content? {
    // Not a cast of the value: that costs a copy each time, and rows ask again and again.
    get {
      contents[ObjectIdentifier(Content.self)].map {
        unsafeDowncast($0, to: Kept<Content>.self).value
      }
    }
    set { contents[ObjectIdentifier(Content.self)] = newValue.map(Kept.init) }
  }

  private final class Kept<Content: Sendable>: Sendable {
    let value: Content

    init(_ value: Content) { self.value = value }
  }
}

/// What a view keeps of what it has computed; made when it is first asked for.
protocol ViewCache: AnyObject {
  init(_ cache: SceneCache)
}

extension SceneCache {
  func kept<Kept: ViewCache>(_: Kept.Type) -> Kept {
    if let known = viewCaches[ObjectIdentifier(Kept.self)] as? Kept { return known }
    let new = Kept(self)
    viewCaches[ObjectIdentifier(Kept.self)] = new
    return new
  }
}
