extension Bindings {
  /// The lines of the README between which its table of keys stands.
  package static let marks = (begin: "<!-- keys -->", end: "<!-- /keys -->")

  /// The table of all keys, as the README shows it.
  package static var markdown: String {
    var lines = ["| keys | where | what they do |", "|---|---|---|"]
    for binding in all {
      let keys = binding.labels(.unicode).map { "`\($0)`" }.joined(separator: " ")
      let places = Context.allCases.filter { binding.contexts.contains($0) }
      lines.append(
        "| \(keys) | \(places.map(\.words).joined(separator: ", ")) | \(binding.help) |")
    }
    return lines.joined(separator: "\n")
  }
}

extension Context {
  var words: String {
    switch self {
    case .main: "panes"
    case .edit: "editing"
    case .why: "why"
    case .menu: "lists"
    case .viewers: "list of viewers"
    case .films: "films of an own viewer"
    case .naming: "a name"
    case .tour: "tour"
    case .card: "cards"
    case .map: "map"
    case .diagnosis: "model as a whole"
    case .export: "writing out"
    case .message: "too small a screen"
    }
  }
}
