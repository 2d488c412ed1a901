package enum Context: String, CaseIterable, Sendable {
  case main
  /// The panes, while the history and what is read are edited.
  case edit
  /// The pane of reasons; keys that mean nothing of their own here mean what they mean in the panes.
  case why
  /// The list of keys, or another list that a word can be typed into.
  case menu
  case viewers
  case tour
  /// A list of films to choose from, one after the other.
  case films
  case naming
  /// A card, to be read and closed.
  case card
  /// The map of the items.
  case map
  case diagnosis
  /// The formats in which an explanation can be written.
  case export
  /// A screen too small for anything.
  case message
}

package struct Binding: Sendable {
  /// The keys; the first one is shown in the footer.
  package let keys: [Key]
  package let command: Command
  package let contexts: Set<Context>
  /// A word or two, for the footer; neighbours with the same title share one entry there.
  package let title: String
  package let help: String
  /// Whether the footer names it when there is room.
  package let isInFooter: Bool
}

extension Binding {
  /// The keys as the help and the documentation list them: all digits as one range.
  func labels(_ glyphs: Glyphs) -> [String] {
    let digits = (0...9).map { Key.character(Character(String($0))) }
    return keys == digits ? ["0-9"] : keys.map { $0.label(glyphs) }
  }
}

/// The one table from which the footer, the help and the documentation come.
package enum Bindings {
  /// The bindings of panes, lists and cards, the most useful first.
  static let panes: [Binding] = [
    Binding(
      keys: [.left, .character("h"), .character(",")], command: .stepBack,
      contexts: [.main, .edit],
      title: "step", help: "Go to the step before.", isInFooter: true),
    Binding(
      keys: [.right, .character("l"), .character(".")], command: .stepForward,
      contexts: [.main, .edit],
      title: "step", help: "Go to the next step.", isInFooter: true),
    Binding(
      keys: [.character(" ")], command: .play, contexts: [.main], title: "play",
      help: "Let the steps go on by themselves, or stop them.", isInFooter: true),
    Binding(
      keys: [.character("[")], command: .previousChange, contexts: [.main], title: "change",
      help: "Back to where another relation led the attention.", isInFooter: true),
    Binding(
      keys: [.character("]")], command: .nextChange, contexts: [.main], title: "change",
      help: "On to where another relation leads the attention.", isInFooter: true),
    Binding(
      keys: [.home, .character("g")], command: .firstStep, contexts: [.main, .edit],
      title: "first step",
      help: "Go to the first step.", isInFooter: false),
    Binding(
      keys: [.end, .character("G")], command: .lastStep, contexts: [.main, .edit],
      title: "last step",
      help: "Go to the last step.", isInFooter: false),
    Binding(
      keys: (0...9).map { .character(Character(String($0))) }, command: .jump, contexts: [.main],
      title: "jump", help: "Go to that tenth of the history: 0 % to 90 %.", isInFooter: false),
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
      keys: [.up, .character("k")], command: .rowUp, contexts: [.main, .edit], title: "select",
      help: "Select the row above; in the history, a step back.", isInFooter: false),
    Binding(
      keys: [.down, .character("j")], command: .rowDown, contexts: [.main, .edit], title: "select",
      help: "Select the row below; in the history, a step on.", isInFooter: false),
    Binding(
      keys: [.up, .control("p")], command: .rowUp, contexts: [.menu, .viewers, .films, .export],
      title: "select",
      help: "Select the row above.", isInFooter: true),
    Binding(
      keys: [.down, .control("n")], command: .rowDown,
      contexts: [.menu, .viewers, .films, .export],
      title: "select",
      help: "Select the row below.", isInFooter: true),
    Binding(
      keys: [.up, .character("k")], command: .rowUp, contexts: [.card], title: "scroll",
      help: "Scroll a card up that is longer than the screen.", isInFooter: true),
    Binding(
      keys: [.down, .character("j")], command: .rowDown, contexts: [.card], title: "scroll",
      help: "Scroll a card down that is longer than the screen.", isInFooter: true),
    Binding(
      keys: [.pageUp], command: .pageUp, contexts: [.main, .edit, .menu, .viewers, .films, .card],
      title: "page up",
      help: "Go up by a screen of rows.", isInFooter: false),
    Binding(
      keys: [.pageDown], command: .pageDown,
      contexts: [.main, .edit, .menu, .viewers, .films, .card],
      title: "page down",
      help: "Go down by a screen of rows.", isInFooter: false),
    Binding(
      keys: [.character("w")], command: .why, contexts: [.main, .edit], title: "why",
      help: "Open or close the reasons for the selected film.", isInFooter: true),
    Binding(
      keys: [.character("e")], command: .edit, contexts: [.main], title: "edit",
      help: "What if: edit this history and what is read, in place.", isInFooter: true),
    Binding(
      keys: [.character("c")], command: .compare, contexts: [.main, .edit], title: "compare",
      help: "Pin this view and compare what follows with it, or end that.", isInFooter: true),
    Binding(
      keys: [.character("C")], command: .compareModels, contexts: [.main, .edit], title: "models",
      help: "Compare with the second model (--compare), or end that.", isInFooter: false),
    Binding(
      keys: [.character("m")], command: .map, contexts: [.main], title: "map",
      help: "Open the map of all items, with this viewer's path.", isInFooter: true),
    Binding(
      keys: [.character("d")], command: .diagnose, contexts: [.main], title: "diagnose",
      help: "Look at the model as a whole: relations, slices, viewers.", isInFooter: true),
    Binding(
      keys: [.enter], command: .whyDrill, contexts: [.why], title: "look into",
      help: "Look into a step, relation or fact; Esc leads back.",
      isInFooter: true),
    Binding(
      keys: [.character("b")], command: .whyGroup, contexts: [.why], title: "group",
      help: "Group the reasons by step, by relation, by shared facts.", isInFooter: true),
    Binding(
      keys: [.character("!")], command: .whyCheck, contexts: [.why], title: "check it",
      help: "Run without the top 1, 2, 3 steps, or the selected relation.",
      isInFooter: true),
    Binding(
      keys: [.character("z")], command: .whyZoom, contexts: [.why], title: "zoom",
      help: "Give the reasons the whole screen, or part of it.", isInFooter: true),
    Binding(
      keys: [.character("f")], command: .whyItem, contexts: [.why], title: "any film",
      help: "Search the catalogue for any item, and see why.", isInFooter: true),
    Binding(
      keys: [.control("f")], command: .whyItem, contexts: [.menu], title: "why any film",
      help: "Search the whole catalogue instead, and see why.",
      isInFooter: true),
    Binding(
      keys: [.character("V")], command: .whyOver, contexts: [.why], title: "over",
      help: "Search for an item to compare with: why this, not that.", isInFooter: true),
    Binding(
      keys: [.character("a")], command: .whyContrast, contexts: [.why], title: "contrast",
      help: "Compare with the average item, with the rivals, with nothing.", isInFooter: true),
    Binding(
      keys: [.character("v")], command: .viewers, contexts: [.main], title: "viewers",
      help: "List the viewers; type an id, a name or a title to search.", isInFooter: true),
    Binding(
      keys: [.character("r")], command: .randomViewer, contexts: [.main], title: "random",
      help: "Take any other viewer.", isInFooter: false),
    Binding(
      keys: [.character("n")], command: .ownViewer, contexts: [.main], title: "own films",
      help: "Type films of your own, or go on with those of an own viewer.", isInFooter: true),
    Binding(
      keys: [.character("N")], command: .anotherOwnViewer, contexts: [.main], title: "new viewer",
      help: "Type films for another viewer of your own.", isInFooter: false),
    Binding(
      keys: [.control("d"), .delete], command: .deleteViewer, contexts: [.viewers],
      title: "delete", help: "Delete the selected viewer, if it is your own; asks first.",
      isInFooter: true),
    Binding(
      keys: [.enter], command: .choose, contexts: [.films], title: "add",
      help: "Add the selected film; Backspace takes the last away.", isInFooter: true),
    Binding(
      keys: [.escape], command: .close, contexts: [.films], title: "done",
      help: "Close the films; a new viewer is asked for a name.", isInFooter: true),
    Binding(
      keys: [.enter, .escape], command: .close, contexts: [.naming], title: "keep name",
      help: "Keep the name; without one, the name proposed.", isInFooter: true),
    Binding(
      keys: [.character("d"), .delete], command: .editDelete, contexts: [.edit], title: "delete",
      help: "Delete the step.", isInFooter: true),
    Binding(
      keys: [.character("a")], command: .editInsert, contexts: [.edit], title: "insert",
      help: "Insert a film after the step; type to search, tried at once.", isInFooter: true),
    Binding(
      keys: [.character("i")], command: .editInsertBefore, contexts: [.edit], title: "before",
      help: "Insert a film before the step.", isInFooter: false),
    Binding(
      keys: [.character("r")], command: .editReplace, contexts: [.edit], title: "replace",
      help: "Put another film in the place of the step's.", isInFooter: true),
    Binding(
      keys: [.character("K"), .shiftUp], command: .editMoveUp, contexts: [.edit], title: "move",
      help: "Move the step up.", isInFooter: true),
    Binding(
      keys: [.character("J"), .shiftDown], command: .editMoveDown, contexts: [.edit], title: "move",
      help: "Move the step down.", isInFooter: true),
    Binding(
      keys: [.character("x")], command: .editCut, contexts: [.edit], title: "cut",
      help: "Cut here: drop all after the step.", isInFooter: true),
    Binding(
      keys: [.character("s")], command: .silence, contexts: [.edit], title: "silence",
      help: "Silence the selected relation: weight 0, the others rescaled to 1.", isInFooter: true),
    Binding(
      keys: [.character("+"), .character("=")], command: .boostMore, contexts: [.edit],
      title: "boost",
      help: "Boost it: its weight times 2, then all rescaled to 1.", isInFooter: true),
    Binding(
      keys: [.character("-")], command: .boostLess, contexts: [.edit], title: "boost",
      help: "Weaken it: its weight times 1/2, then all rescaled to 1.", isInFooter: true),
    Binding(
      keys: [.character("f")], command: .force, contexts: [.edit], title: "force",
      help: "Force all attention onto it, or give it back.", isInFooter: true),
    Binding(
      keys: [.character(">")], command: .gammaMore, contexts: [.edit], title: "gamma",
      help: "Double gamma: the softmax is computed again, sharper.", isInFooter: false),
    Binding(
      keys: [.character("<")], command: .gammaLess, contexts: [.edit], title: "gamma",
      help: "Halve gamma: the softmax is computed again, flatter.", isInFooter: false),
    Binding(
      keys: [.character("u")], command: .undo, contexts: [.main, .edit], title: "undo",
      help: "Take the last edit back.", isInFooter: false),
    Binding(
      keys: [.character("U"), .control("r")], command: .redo, contexts: [.main, .edit],
      title: "redo",
      help: "Do the edit again that was taken back.", isInFooter: false),
    Binding(
      keys: [.character("R")], command: .dropEdits, contexts: [.edit], title: "drop all",
      help: "Take all edits back; u brings them again.", isInFooter: false),
    Binding(
      keys: [.character("S")], command: .smallestSet, contexts: [.main, .edit],
      title: "smallest set",
      help: "Find the smallest set of films without which the selected one falls.",
      isInFooter: false),
    Binding(
      keys: [.character("A")], command: .applySmallest, contexts: [.main, .edit],
      title: "take out",
      help: "Take that smallest set out of the history, as an edit.", isInFooter: false),
    Binding(
      keys: [.escape, .character("e"), .character("q")], command: .edit, contexts: [.edit],
      title: "done",
      help: "Stop editing; the edits stay.", isInFooter: true),
    Binding(
      keys: [.character("/")], command: .find, contexts: [.main], title: "find",
      help: "Look for a title in this history and go there.", isInFooter: true),
    Binding(
      keys: [.enter], command: .inspect, contexts: [.main, .edit], title: "card",
      help: "Show what is known of the selected film.", isInFooter: false),
    Binding(
      keys: [.character("i")], command: .modelCard, contexts: [.main], title: "model",
      help: "Show what is known of the model.", isInFooter: false),
    Binding(
      keys: [.character("y")], command: .copy, contexts: [.main, .edit], title: "copy",
      help: "Copy the command line that shows this screen.", isInFooter: false),
    Binding(
      keys: [.character("s")], command: .sort, contexts: [.main], title: "sort",
      help: "Order the relations by model, attention, change, name.",
      isInFooter: true),
    Binding(
      keys: [.control("s"), .function(6)], command: .sort, contexts: [.viewers], title: "sort",
      help: "Order the viewers by data, length, last activity, how well foreseen.",
      isInFooter: true),
    Binding(
      keys: [.character("x")], command: .hideSeen, contexts: [.main], title: "hide seen",
      help: "Hide what the viewer has watched, or show it again.",
      isInFooter: true),
    Binding(
      keys: [.tab], command: .focusNext, contexts: [.main, .edit], title: "pane",
      help: "Go to the next pane; on a narrow screen, show it.", isInFooter: true),
    Binding(
      keys: [.backTab], command: .focusPrevious, contexts: [.main, .edit], title: "pane back",
      help: "Go to the pane before.", isInFooter: false),
    Binding(
      keys: [.escape], command: .back, contexts: [.main], title: "back",
      help: "Close the reasons; then go up to the viewers.", isInFooter: false),
    Binding(
      keys: [.character(":")], command: .palette, contexts: [.main], title: "command",
      help: "Find a command or what a sign means; viewer ID and step N go there.", isInFooter: true),
    Binding(
      keys: [.character("p")], command: .plainWords, contexts: [.main], title: "plain words",
      help: "Use plain words, or the field's terms.", isInFooter: true),
    Binding(
      keys: [.character("t")], command: .tour, contexts: [.main], title: "tour",
      help: "Take a tour of this data, a sentence at each stop.", isInFooter: true),
    Binding(
      keys: [.character("o")], command: .export, contexts: [.main, .edit], title: "write out",
      help: "Write this view to a file: text, JSON or SVG.", isInFooter: true),
    Binding(
      keys: [.character("t")], command: .exportText, contexts: [.export], title: "text",
      help: "Write the view as text, and copy it.", isInFooter: false),
    Binding(
      keys: [.character("j")], command: .exportJSON, contexts: [.export], title: "JSON",
      help: "Write its numbers as JSON.", isInFooter: false),
    Binding(
      keys: [.character("s")], command: .exportSVG, contexts: [.export], title: "SVG",
      help: "Write it as a figure.", isInFooter: false),
    Binding(
      keys: [.character("p")], command: .exportPicture, contexts: [.export], title: "picture",
      help: "Write this screen, in its colours, as a drawing.", isInFooter: false),
    Binding(
      keys: [.character("y"), .character("c")], command: .exportCopy, contexts: [.export],
      title: "copy", help: "Copy the view as text and write nothing.", isInFooter: false),
    Binding(
      keys: [.right, .enter, .character(" ")], command: .tourNext, contexts: [.tour],
      title: "next", help: "Go to the next stop of the tour.", isInFooter: true),
    Binding(
      keys: [.left], command: .tourBack, contexts: [.tour], title: "back",
      help: "Go to the stop before.", isInFooter: true),
    Binding(
      keys: [.escape], command: .tourStop, contexts: [.tour], title: "stop",
      help: "End the tour and stay; any other key does, too.", isInFooter: true),
    Binding(
      keys: [.character("T")], command: .nextTheme, contexts: [.main, .edit], title: "colours",
      help: "Take the next colours.", isInFooter: false),
    Binding(
      keys: [.character("M")], command: .toggleMouse, contexts: [.main, .edit], title: "mouse",
      help: "Give the mouse to the terminal, or take it back.",
      isInFooter: false),
    Binding(
      keys: [.control("l")], command: .redraw, contexts: Set(Context.allCases),
      title: "redraw",
      help: "Draw the whole screen again.", isInFooter: false),
    Binding(
      keys: [.home], command: .firstRow, contexts: [.menu, .viewers, .card], title: "first",
      help: "Select the first row.", isInFooter: false),
    Binding(
      keys: [.end], command: .lastRow, contexts: [.menu, .viewers, .card], title: "last",
      help: "Select the last row.", isInFooter: false),
    Binding(
      keys: [.enter], command: .choose, contexts: [.menu], title: "do it",
      help: "Do what the selected row says.", isInFooter: true),
    Binding(
      keys: [.enter], command: .choose, contexts: [.viewers], title: "open",
      help: "Look at the selected viewer.", isInFooter: true),
    Binding(
      keys: [.enter], command: .choose, contexts: [.export], title: "write",
      help: "Write the view in the selected format.", isInFooter: true),
    Binding(
      keys: [.escape], command: .close, contexts: [.menu, .viewers, .card, .export],
      title: "close", help: "Close the list or card.", isInFooter: true),
    Binding(
      keys: [.enter, .character("q"), .character("i")], command: .close, contexts: [.card],
      title: "close", help: "Close the card.", isInFooter: false),
    Binding(
      keys: [.character("q"), .control("c")], command: .quit, contexts: [.main, .message],
      title: "quit", help: "Leave the explorer.", isInFooter: true),
    Binding(
      keys: [.character("?"), .function(1)], command: .help, contexts: [.main, .edit],
      title: "help",
      help: "Explain the signs and list the keys; type to search, Enter does the row.",
      isInFooter: true),
  ]

  package static func command(for key: Key, in context: Context) -> Command? {
    commands[context]?[key] ?? (context == .why ? commands[.main]?[key] : nil)
  }

  /// The bindings of a context, in the order of the table; in that of the reasons their own come
  /// first, then those of the panes that they do not hide.
  package static func of(_ context: Context) -> [Binding] {
    let own = all.filter { $0.contexts.contains(context) }
    if context == .map || context == .diagnosis || context == .edit {
      // What these have for themselves comes before what they share with the panes.
      return own.filter { !$0.contexts.contains(.main) }
        + own.filter { $0.contexts.contains(.main) }
    }
    guard context == .why else { return own }
    return own
      + of(.main).filter { binding in binding.keys.contains { commands[.why]?[$0] == nil } }
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
