import AtomicFiles
import KSRModel
import Workspace

extension TrainingSettings {
  /// The texts of a list, written as `a,b` or as YAML's `['a', 'b']`.
  static func list(_ value: String) -> [String] {
    if value.hasPrefix("[") {
      var settings = Settings()
      // What is no list after all is split like any other text.
      if (try? settings.merge(assignment: "list=\(value)")) != nil,
        case .list(let values) = settings["list"]
      {
        return values.map(\.word)
      }
    }
    return value.split(separator: ",").map { part in
      var part = part
      while part.first == " " { part.removeFirst() }
      while part.last == " " { part.removeLast() }
      return String(part)
    }.filter { !$0.isEmpty }
  }

  /// The text that ``list(_:)`` reads as these texts.
  static func text(of words: [String]) -> String {
    let plain = words.joined(separator: ",")
    guard list(plain) != words else { return plain }
    let quoted = words.map { word in
      let inside = word.split(separator: "'", omittingEmptySubsequences: false)
      return "'" + inside.joined(separator: "''") + "'"
    }
    return "[" + quoted.joined(separator: ", ") + "]"
  }

  /// The elements of a list, without repetitions; one at least.
  static func elements<Element: Hashable>(
    _ key: String, _ value: String, _ expected: String, _ element: (String) -> Element?
  ) throws(SettingError) -> [Element] {
    let words = list(value)
    var seen: Set<Element> = []
    let elements = words.compactMap(element)
    guard !words.isEmpty, elements.count == words.count else {
      throw SettingError(key: key, found: value, expected: expected)
    }
    return elements.filter { seen.insert($0).inserted }
  }

  static var metricNames: String {
    ValidationMetric.Kind.allCases.map(\.rawValue).joined(separator: ", ")
  }
}

extension MemoryRelations {
  /// `item`, `all`, or a list of relations separated by commas.
  package init(text: String) {
    switch text {
    case "item": self = .item
    case "all": self = .all
    default: self = .list(TrainingSettings.list(text))
    }
  }

  /// The value as it is written in settings.
  package var text: String {
    switch self {
    case .item: "item"
    case .all: "all"
    case .list(let relations): TrainingSettings.text(of: relations)
    }
  }
}
