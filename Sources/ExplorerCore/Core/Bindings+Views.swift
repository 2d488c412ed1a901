extension Bindings {
  /// All bindings: those of the panes, then those of the views that take their place; last how to
  /// leave and where to find help.
  package static let all: [Binding] = {
    let isLast: Set<Command> = [.quit, .help]
    let shared = panes.map { binding in
      guard binding.contexts.contains(.main) else { return binding }
      return inViews.contains(binding.command)
        ? binding.also(in: [.map, .diagnosis])
        : onMap.contains(binding.command) ? binding.also(in: [.map]) : binding
    }
    return shared.filter { !isLast.contains($0.command) } + map + diagnosis
      + shared.filter { isLast.contains($0.command) }
  }()

  /// What means in the views what it means in the panes.
  private static let inViews: Set<Command> = [
    .quit, .help, .nextTheme, .toggleMouse, .redraw, .viewers, .randomViewer, .modelCard, .export,
    .copy,
  ]

  /// What means on the map what it means in the panes.
  private static let onMap: Set<Command> = [
    .previousChange, .nextChange, .skipBack, .skipForward, .firstStep, .lastStep, .play, .hideSeen,
    .diagnose,
  ]

  private static let map: [Binding] = [
    Binding(
      keys: [.left, .character("h")], command: .panLeft, contexts: [.map], title: "pan",
      help: "Look further left on the map.", isInFooter: true),
    Binding(
      keys: [.down, .character("j")], command: .panDown, contexts: [.map], title: "pan",
      help: "Look further down on the map.", isInFooter: true),
    Binding(
      keys: [.up, .character("k")], command: .panUp, contexts: [.map], title: "pan",
      help: "Look further up on the map.", isInFooter: true),
    Binding(
      keys: [.right, .character("l")], command: .panRight, contexts: [.map], title: "pan",
      help: "Look further right on the map.", isInFooter: true),
    Binding(
      keys: [.character("+"), .character("=")], command: .zoomIn, contexts: [.map], title: "zoom",
      help: "Make the map larger; so does the wheel.", isInFooter: true),
    Binding(
      keys: [.character("-")], command: .zoomOut, contexts: [.map], title: "zoom",
      help: "Make the map smaller.", isInFooter: true),
    Binding(
      keys: [.character("0")], command: .wholeMap, contexts: [.map], title: "all",
      help: "Show the whole map.", isInFooter: true),
    Binding(
      keys: [.tab, .character("n")], command: .nextNamed, contexts: [.map], title: "next name",
      help: "Go to the next of the items that are named.", isInFooter: true),
    Binding(
      keys: [.backTab, .character("N")], command: .previousNamed, contexts: [.map],
      title: "name before", help: "Go to the named item before.", isInFooter: false),
    Binding(
      keys: [.enter], command: .takeNamed, contexts: [.map], title: "centre",
      help: "Take that item into the middle and list what is nearest to it.", isInFooter: true),
    Binding(
      keys: [.backspace], command: .namedBefore, contexts: [.map], title: "back",
      help: "Go back to the item that was in the middle before.", isInFooter: false),
    Binding(
      keys: [.character("s")], command: .likeness, contexts: [.map], title: "cosine/dot",
      help: "Take cosine or dot product for what is nearest.", isInFooter: true),
    Binding(
      keys: [.character("c")], command: .inspect, contexts: [.map], title: "card",
      help: "Show what is known of the item.", isInFooter: false),
    Binding(
      keys: [.character(",")], command: .stepBack, contexts: [.map], title: "step",
      help: "Go to the step before.", isInFooter: true),
    Binding(
      keys: [.character(".")], command: .stepForward, contexts: [.map], title: "step",
      help: "Go to the next step.", isInFooter: true),
    Binding(
      keys: [.escape, .character("m")], command: .back, contexts: [.map], title: "close",
      help: "Close the map.", isInFooter: true),
  ]

  private static let diagnosis: [Binding] = [
    Binding(
      keys: [.up, .character("k")], command: .rowUp, contexts: [.diagnosis], title: "select",
      help: "Select the row above.", isInFooter: true),
    Binding(
      keys: [.down, .character("j")], command: .rowDown, contexts: [.diagnosis], title: "select",
      help: "Select the row below.", isInFooter: true),
    Binding(
      keys: [.pageUp], command: .pageUp, contexts: [.diagnosis], title: "page up",
      help: "Go up by a screen of rows.", isInFooter: false),
    Binding(
      keys: [.pageDown], command: .pageDown, contexts: [.diagnosis], title: "page down",
      help: "Go down by a screen of rows.", isInFooter: false),
    Binding(
      keys: [.home, .character("g")], command: .firstRow, contexts: [.diagnosis], title: "first",
      help: "Select the first row.", isInFooter: false),
    Binding(
      keys: [.end, .character("G")], command: .lastRow, contexts: [.diagnosis], title: "last",
      help: "Select the last row.", isInFooter: false),
    Binding(
      keys: [.tab], command: .nextPart, contexts: [.diagnosis], title: "next part",
      help: "Go on to the slices, to the viewers, or back to the relations.", isInFooter: true),
    Binding(
      keys: [.enter], command: .openRow, contexts: [.diagnosis], title: "open",
      help: "Go to the selected viewer, or to the slot of the relation.", isInFooter: true),
    Binding(
      keys: [.character("m")], command: .map, contexts: [.diagnosis], title: "map",
      help: "Open the map of all items.", isInFooter: false),
    Binding(
      keys: [.escape, .character("d")], command: .back, contexts: [.diagnosis], title: "close",
      help: "Close the view of the model.", isInFooter: true),
  ]
}

extension Binding {
  /// The binding, with the same meaning in more places.
  func also(in places: Set<Context>) -> Binding {
    Binding(
      keys: keys, command: command, contexts: contexts.union(places), title: title, help: help,
      isInFooter: isInFooter)
  }
}
