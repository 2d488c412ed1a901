import Workspace

package struct Context: Hashable, Sendable {
  /// What becomes of a key that means nothing there.
  enum Unbound: Sendable {
    case typed
    case named
    case nothing
    case does(Command)
  }

  let id: String
  /// What the place is called in the help and the documentation.
  let words: String
  let unbound: Unbound

  init(_ id: String, _ words: String, unbound: Unbound = .nothing) {
    (self.id, self.words, self.unbound) = (id, words, unbound)
  }

  package static func == (a: Context, b: Context) -> Bool { a.id == b.id }
  package func hash(into hasher: inout Hasher) { hasher.combine(id) }
}

extension Context {
  package static let main = Context("main", "panes", unbound: .named)
  /// The list of keys, or another list that a word can be typed into.
  static let menu = Context("menu", "lists", unbound: .typed)
  static let card = Context("card", "cards")
  package static let message = Context("message", "too small a screen")

  /// All of them, in the order in which the documentation names them.
  package static let allCases: [Context] =
    [.main, .edit, .why, .menu, .users, .tour, .ownItems, .naming, .card]
    + Views.full.map { $0.context } + [.export, .message]
}

/// Keys, what they do, when they do something, and what is said of them.
package struct Binding: Sendable {
  typealias Condition = @Sendable (State, Scene) -> Bool
  typealias Handler = @Sendable (Command, inout Explorer.Transition, Scene) -> Void

  /// The keys; the first one is shown in the footer.
  package let keys: [Key]
  package let command: Command
  package private(set) var contexts: Set<Context>
  /// A word or two, for the footer; neighbours with the same title share one entry there.
  package let title: String
  /// A sentence, in which the data set's nouns are to be filled in, as in ``title``.
  package let help: String
  package let isInFooter: Bool
  /// Whether it does something in a state; the footer and the palette offer nothing else.
  let isOffered: Condition
  let perform: Handler

  init(
    _ keys: [Key], _ command: Command, in contexts: Set<Context> = [.main], _ title: String,
    _ help: String, footer isInFooter: Bool = true, when isOffered: @escaping Condition = always,
    does perform: @escaping Handler
  ) {
    (self.keys, self.command, self.contexts) = (keys, command, contexts)
    (self.title, self.help, self.isInFooter) = (title, help, isInFooter)
    (self.isOffered, self.perform) = (isOffered, perform)
  }

  /// The binding, with the same meaning in more places.
  func also(in places: Set<Context>) -> Binding {
    var result = self
    result.contexts.formUnion(places)
    return result
  }

  /// Whether its words or those of a data set have some letters in them.
  func mentions(_ letters: some StringProtocol, _ nouns: Nouns) -> Bool {
    [nouns.fill(title), nouns.fill(help), command.rawValue].contains {
      $0.lowercased().contains(letters)
    }
  }

  /// The keys as the help and the documentation list them: all digits as one range.
  func labels(_ glyphs: Glyphs) -> [String] {
    let digits = (0...9).map { Key.character(Character(String($0))) }
    return keys == digits ? ["0-9"] : keys.map { $0.label(glyphs) }
  }
}

extension Binding {
  static let always: Condition = { _, _ in true }
  static let hasUser: Condition = { $1.user != nil }
  static let hasUsers: Condition = { $1.model.userCount > 0 }
  static let hasSteps: Condition = { ($1.user?.rows.count ?? 0) > 1 }
}

/// The one table from which the footer, the help, the palette and the documentation come.
package enum Bindings {
  /// All bindings: those of the panes, the most useful first, then those of the views that take
  /// their place; last how to leave and where to find help.
  package static let all: [Binding] = {
    let views = Views.all.filter { !($0 is any FullView.Type) }
    let shared = PaneKeys.first + Views.all.flatMap { $0.openers } + views.flatMap { $0.bindings }
    return (shared + PaneKeys.onTop).map(inViews) + Views.full.flatMap { $0.bindings }
      + PaneKeys.last.map(inViews)
  }()

  /// A binding of the panes, also where it means in a view what it means in the panes.
  private static func inViews(_ binding: Binding) -> Binding {
    guard binding.contexts.contains(.main) else { return binding }
    let views = Views.full.filter {
      PaneKeys.everywhere.contains(binding.command) || $0.shared.contains(binding.command)
    }
    return binding.also(in: Set(views.map { $0.context }))
  }

  package static func command(for key: Key, in context: Context) -> Command? {
    (places(context).lazy.compactMap { byKey[$0]?[key] }.first)?.command
  }

  /// What a command means in a context: there, else in the panes, else where it means anything.
  static func binding(of command: Command, in context: Context) -> Binding? {
    (places(context) + [.main]).lazy.compactMap { byCommand[$0]?[command] }.first
      ?? all.first { $0.command == command }
  }

  /// The first key of a command, as a script of keys has it.
  static func key(_ command: Command, in context: Context = .main) -> String {
    binding(of: command, in: context)?.keys.first.map { KeyScript.name(of: $0) } ?? ""
  }

  /// The bindings of a context, in the order of the table; in that of the reasons their own come
  /// first, then those of the panes that they do not hide.
  package static func of(_ context: Context) -> [Binding] {
    let own = all.filter { $0.contexts.contains(context) }
    if context == .edit || Views.full.contains(where: { $0.context == context }) {
      // What these have for themselves comes before what they share with the panes.
      return own.filter { !$0.contexts.contains(.main) }
        + own.filter { $0.contexts.contains(.main) }
    }
    guard context == .why else { return own }
    return own
      + of(.main).filter { binding in binding.keys.contains { byKey[.why]?[$0] == nil } }
  }

  /// Keys that mean nothing of their own in the reasons mean what they mean in the panes.
  private static func places(_ context: Context) -> [Context] {
    context == .why ? [.why, .main] : [context]
  }

  private static let byKey: [Context: [Key: Binding]] = table { $0.keys }
  private static let byCommand: [Context: [Command: Binding]] = table { [$0.command] }

  private static func table<Name>(_ names: (Binding) -> [Name]) -> [Context: [Name: Binding]] {
    var result: [Context: [Name: Binding]] = [:]
    for binding in all {
      for context in binding.contexts {
        for name in names(binding) { result[context, default: [:]][name] = binding }
      }
    }
    return result
  }

  // MARK: Documentation

  /// The lines of the documentation between which its table of keys stands.
  package static let marks = (begin: "<!-- keys -->", end: "<!-- /keys -->")

  package static var markdown: String {
    var lines = ["| keys | where | what they do |", "|---|---|---|"]
    for binding in all {
      let keys = binding.labels(.unicode).map { "`\($0)`" }.joined(separator: " ")
      let places = Context.allCases.filter { binding.contexts.contains($0) }
      lines.append(
        Nouns().fill(
          "| \(keys) | \(places.map(\.words).joined(separator: ", ")) | \(binding.help) |"))
    }
    return lines.joined(separator: "\n")
  }
}
