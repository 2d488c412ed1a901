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
      keys: [.left, .character("h"), .character(",")], command: .stepBack, contexts: [.main],
      title: "step", help: "Go to the step before.", isInFooter: true),
    Binding(
      keys: [.right, .character("l"), .character(".")], command: .stepForward, contexts: [.main],
      title: "step", help: "Go to the next step.", isInFooter: true),
    Binding(
      keys: [.character(" ")], command: .play, contexts: [.main], title: "play",
      help: "Let the steps go on by themselves, or stop them.", isInFooter: true),
    Binding(
      keys: [.character("[")], command: .previousChange, contexts: [.main], title: "change",
      help: "Go back to where another relation got the largest attention.", isInFooter: true),
    Binding(
      keys: [.character("]")], command: .nextChange, contexts: [.main], title: "change",
      help: "Go on to where another relation gets the largest attention.", isInFooter: true),
    Binding(
      keys: [.home, .character("g")], command: .firstStep, contexts: [.main], title: "first step",
      help: "Go to the first step.", isInFooter: false),
    Binding(
      keys: [.end, .character("G")], command: .lastStep, contexts: [.main], title: "last step",
      help: "Go to the last step.", isInFooter: false),
    Binding(
      keys: (0...9).map { .character(Character(String($0))) }, command: .jump, contexts: [.main],
      title: "jump", help: "Go to that tenth of the history: 0 % … 90 %.", isInFooter: false),
    Binding(
      keys: [.shiftLeft], command: .skipBack, contexts: [.main], title: "tenth back",
      help: "Go back by a tenth of the history.", isInFooter: false),
    Binding(
      keys: [.shiftRight], command: .skipForward, contexts: [.main], title: "tenth on",
      help: "Go on by a tenth of the history.", isInFooter: false),
    Binding(
      keys: [.character("+")], command: .faster, contexts: [.main], title: "faster",
      help: "Let the steps go on faster.", isInFooter: false),
    Binding(
      keys: [.character("-")], command: .slower, contexts: [.main], title: "slower",
      help: "Let the steps go on slower.", isInFooter: false),
    Binding(
      keys: [.up, .character("k"), .control("p")], command: .rowUp, contexts: [.main, .menu],
      title: "select", help: "Select the row above; in the history, the step before.",
      isInFooter: false),
    Binding(
      keys: [.down, .character("j"), .control("n")], command: .rowDown, contexts: [.main, .menu],
      title: "select", help: "Select the row below; in the history, the next step.",
      isInFooter: false),
    Binding(
      keys: [.pageUp], command: .pageUp, contexts: [.main, .menu], title: "page up",
      help: "Go up by a screen of rows.", isInFooter: false),
    Binding(
      keys: [.pageDown], command: .pageDown, contexts: [.main, .menu], title: "page down",
      help: "Go down by a screen of rows.", isInFooter: false),
    Binding(
      keys: [.character("w")], command: .why, contexts: [.main], title: "why",
      help: "Open or close the reasons for the selected recommendation.", isInFooter: true),
    Binding(
      keys: [.character("v")], command: .viewers, contexts: [.main], title: "viewers",
      help: "List the viewers; type to search by id and by title watched.", isInFooter: true),
    Binding(
      keys: [.character("r")], command: .randomViewer, contexts: [.main], title: "random viewer",
      help: "Take any other viewer.", isInFooter: false),
    Binding(
      keys: [.character("s")], command: .sort, contexts: [.main], title: "sort",
      help: "Put the relations in another order: model, attention, change, name.",
      isInFooter: true),
    Binding(
      keys: [.control("s"), .function(6)], command: .sort, contexts: [.menu], title: "sort",
      help: "Put the viewers in another order: data, length, latest.", isInFooter: true),
    Binding(
      keys: [.character("x")], command: .hideSeen, contexts: [.main], title: "hide seen",
      help: "Leave out of the recommendations what the viewer has watched, or show it again.",
      isInFooter: true),
    Binding(
      keys: [.tab], command: .focusNext, contexts: [.main], title: "pane",
      help: "Go to the next pane; on a narrow screen, show it.", isInFooter: true),
    Binding(
      keys: [.backTab], command: .focusPrevious, contexts: [.main], title: "pane back",
      help: "Go to the pane before.", isInFooter: false),
    Binding(
      keys: [.escape], command: .back, contexts: [.main], title: "back",
      help: "Close the reasons; without them, go up to the list of viewers.", isInFooter: false),
    Binding(
      keys: [.character("T")], command: .nextTheme, contexts: [.main], title: "colours",
      help: "Take the next colours.", isInFooter: false),
    Binding(
      keys: [.character("M")], command: .toggleMouse, contexts: [.main], title: "mouse",
      help: "Give the mouse to the terminal, to select text with it, or take it back.",
      isInFooter: false),
    Binding(
      keys: [.control("l")], command: .redraw, contexts: [.main, .menu, .message], title: "redraw",
      help: "Draw the whole screen again.", isInFooter: false),
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
      keys: [.character("?"), .function(1), .character(":")], command: .help, contexts: [.main],
      title: "help", help: "Show this list of keys; type to search it, Enter does the row.",
      isInFooter: true),
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
        // Letters are typed into a list, so there they are no keys.
        for key in binding.keys where context != .menu || !key.isCharacter {
          result[context, default: [:]][key] = binding.command
        }
      }
    }
    return result
  }()
}
