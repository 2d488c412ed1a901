/// What the keys go to.
public enum Context: String, CaseIterable, Sendable {
  /// The panes.
  case main
  /// The list of keys, or another list that a word can be typed into.
  case menu
  /// A screen too small for anything.
  case message
}

/// Keys, and what they do.
public struct Binding: Sendable {
  /// The keys; the first one is shown in the footer.
  public let keys: [Key]
  /// What is done.
  public let command: Command
  /// Where the keys mean that.
  public let contexts: Set<Context>
  /// A word or two, for the footer; neighbours with the same title share one entry there.
  public let title: String
  /// A sentence, for the help.
  public let help: String
  /// Whether the footer names it when there is room.
  public let isInFooter: Bool
}

/// The one table from which the footer, the help and the documentation come.
public enum Bindings {
  /// All bindings, the most useful first.
  public static let all: [Binding] = [
    Binding(
      keys: [.character("w")], command: .why, contexts: [.main], title: "why",
      help: "Open or close the reasons for the selected recommendation.", isInFooter: true),
    Binding(
      keys: [.tab], command: .focusNext, contexts: [.main], title: "pane",
      help: "Go to the next pane; on a narrow screen, show it.", isInFooter: true),
    Binding(
      keys: [.backTab], command: .focusPrevious, contexts: [.main], title: "pane back",
      help: "Go to the pane before.", isInFooter: false),
    Binding(
      keys: [.character("M")], command: .toggleMouse, contexts: [.main], title: "mouse",
      help: "Give the mouse to the terminal, to select text with it, or take it back.",
      isInFooter: false),
    Binding(
      keys: [.control("l")], command: .redraw, contexts: [.main, .menu, .message], title: "redraw",
      help: "Draw the whole screen again.", isInFooter: false),
    Binding(
      keys: [.up, .control("p")], command: .rowUp, contexts: [.menu], title: "select",
      help: "Select the row above.", isInFooter: true),
    Binding(
      keys: [.down, .control("n")], command: .rowDown, contexts: [.menu], title: "select",
      help: "Select the row below.", isInFooter: true),
    Binding(
      keys: [.pageUp], command: .pageUp, contexts: [.menu], title: "page up",
      help: "Go up by a screen of rows.", isInFooter: false),
    Binding(
      keys: [.pageDown], command: .pageDown, contexts: [.menu], title: "page down",
      help: "Go down by a screen of rows.", isInFooter: false),
    Binding(
      keys: [.home], command: .firstRow, contexts: [.menu], title: "first",
      help: "Select the first row.", isInFooter: false),
    Binding(
      keys: [.end], command: .lastRow, contexts: [.menu], title: "last",
      help: "Select the last row.", isInFooter: false),
    Binding(
      keys: [.enter], command: .choose, contexts: [.menu], title: "do it",
      help: "Do what the selected row says.", isInFooter: true),
    Binding(
      keys: [.escape], command: .close, contexts: [.menu], title: "close",
      help: "Close the list.", isInFooter: true),
    Binding(
      keys: [.character("q"), .control("c")], command: .quit, contexts: [.main, .message],
      title: "quit", help: "Leave the explorer.", isInFooter: true),
    Binding(
      keys: [.character("?"), .function(1)], command: .help, contexts: [.main], title: "help",
      help: "Show this list of keys; type to search it.", isInFooter: true),
  ]

  /// What a key does somewhere.
  public static func command(for key: Key, in context: Context) -> Command? {
    commands[context]?[key]
  }

  /// The bindings of a context, in the order of the table.
  public static func of(_ context: Context) -> [Binding] {
    all.filter { $0.contexts.contains(context) }
  }

  private static let commands: [Context: [Key: Command]] = {
    var result: [Context: [Key: Command]] = [:]
    for binding in all {
      for context in binding.contexts {
        for key in binding.keys { result[context, default: [:]][key] = binding.command }
      }
    }
    return result
  }()
}
