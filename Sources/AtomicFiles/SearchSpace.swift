/// What settings to try: the contents of RecBole's `hyper.test`.
///
/// Each line is `name type value`: `choice [a, b]`, `uniform low,high`, `loguniform low,high` (the
/// exponents of e), `quniform low,high,q`. Empty lines do not count, nor do lines that begin with #.
/// RecBole evaluates the values as Python and passes over what it does not understand; here they are
/// literals, and what is not understood is an error with its line.
package struct SearchSpace: Sendable, Equatable {
  /// What values a setting may get.
  package enum Range: Sendable, Equatable {
    case choice([SettingValue])
    case uniform(low: Double, high: Double)
    /// e to the power of any number between two.
    case logUniform(low: Double, high: Double)
    /// A multiple of a step between two numbers, each rounded to one.
    case quantised(low: Double, high: Double, step: Double)
  }

  /// A setting that is tried with several values.
  package struct Parameter: Sendable, Equatable {
    package var name: String
    package var range: Range
    /// Where it stands, counted from 1.
    package var line: Int
  }

  /// The settings in the order of their lines.
  package let parameters: [Parameter]
  /// Where they were read from.
  package let source: String

  package init(file path: String) throws(DataError) {
    let text = try String(contentsOf: path, limit: 1_000_000, expected: "lines name type value")
    try self.init(text, source: path)
  }

  package init(_ text: String, source: String) throws(DataError) {
    var parameters: [Parameter] = []
    let text = text.hasPrefix("\u{FEFF}") ? text.dropFirst() : text[...]
    var number = 0
    for raw in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      number += 1
      let reader = SearchSpaceLine(raw, source: source, line: number)
      guard let parameter = try reader.parameter() else { continue }
      if let other = parameters.first(where: { $0.name == parameter.name }) {
        throw reader.error(
          "\(quoted(parameter.name)) once more",
          "each setting once; it stands on line \(other.line)")
      }
      parameters.append(parameter)
    }
    guard !parameters.isEmpty else {
      throw DataError(file: source, found: "no settings to try", expected: "lines name type value")
    }
    self.parameters = parameters
    self.source = source
  }
}

/// One line of `hyper.test`.
struct SearchSpaceLine {
  private let text: Substring
  private let source: String
  private let line: Int

  init(_ raw: Substring, source: String, line: Int) {
    var text = raw
    while let last = text.last, last.isWhitespace { text.removeLast() }
    while let first = text.first, first.isWhitespace { text.removeFirst() }
    (self.text, self.source, self.line) = (text, source, line)
  }

  func error(_ found: String, _ expected: String) -> DataError {
    DataError(file: source, line: line, found: found, expected: expected)
  }

  /// The line's setting; nil if the line is empty or a remark.
  func parameter() throws(DataError) -> SearchSpace.Parameter? {
    guard !text.isEmpty, text.first != "#" else { return nil }
    guard text.utf8.count <= 10_000 else {
      throw error("\(text.utf8.count) bytes", "a shorter line")
    }
    let parts = text.split(maxSplits: 2, whereSeparator: \.isWhitespace)
    guard parts.count == 3 else {
      throw error(
        quoted(text), "name, type and value, such as learning_rate choice [0.01,0.001]")
    }
    return SearchSpace.Parameter(
      name: String(parts[0]), range: try range(String(parts[1]), parts[2]), line: line)
  }

  private func range(
    _ type: String, _ value: Substring
  ) throws(DataError) -> SearchSpace.Range {
    switch type {
    case "choice": return .choice(try choices(String(value)))
    case "uniform":
      let numbers = try numbers(value, "low,high")
      return .uniform(low: numbers[0], high: numbers[1])
    case "loguniform":
      let numbers = try numbers(value, "low,high")
      guard numbers[0] >= -700, numbers[1] <= 700 else {
        throw error(quoted(value), "exponents of e from -700 to 700; -8,0 means 3.4e-4 to 1")
      }
      return .logUniform(low: numbers[0], high: numbers[1])
    case "quniform":
      let numbers = try numbers(value, "low,high,q")
      guard numbers[2] > 0, max(abs(numbers[0]), abs(numbers[1])) / numbers[2] < 1e9 else {
        throw error(quoted(value), "low,high,q with q above 0 and not much smaller than the rest")
      }
      return .quantised(low: numbers[0], high: numbers[1], step: numbers[2])
    default:
      throw error(
        "the type \(quoted(type))", "one of choice, uniform, loguniform, quniform")
    }
  }

  private func numbers(_ value: Substring, _ form: String) throws(DataError) -> [Double] {
    let expected = form.split(separator: ",").count
    let pieces = value.split(separator: ",", omittingEmptySubsequences: false)
    let numbers = pieces.compactMap { piece -> Double? in
      let word = piece.filter { !$0.isWhitespace }
      let number = Array(word.utf8).withUnsafeBufferPointer(DecimalNumber.parse)
      return number.flatMap { $0.isFinite ? $0 : nil }
    }
    guard pieces.count == expected, numbers.count == expected, numbers[0] <= numbers[1] else {
      throw error(quoted(value), "\(form), finite numbers of which low is not above high")
    }
    return numbers
  }

  private func choices(_ value: String) throws(DataError) -> [SettingValue] {
    let expected = "a list of values in brackets, such as [64,128] or ['a','b']"
    guard value.hasPrefix("["), value.hasSuffix("]"), Self.depth(value) <= 8,
      case .list(let values) = SettingValue(literal: value), !values.isEmpty
    else { throw error(quoted(value), expected) }
    var choices: [SettingValue] = []
    for value in values {
      switch value {
      // RecBole wants values that are lists in quotation marks.
      case .string(let word) where word.hasPrefix("[") && Self.depth(word) <= 8:
        choices.append(SettingValue(literal: word))
      case .map: throw error(value.description, "values without keys")
      case .float(let number) where !number.isFinite:
        throw error(value.description, "finite numbers")
      default: choices.append(value)
      }
    }
    return choices
  }

  /// How deep brackets are nested.
  private static func depth(_ text: String) -> Int {
    var (depth, deepest) = (0, 0)
    for byte in text.utf8 {
      if byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{") {
        depth += 1
        deepest = max(deepest, depth)
      } else if byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}") {
        depth -= 1
      }
    }
    return deepest
  }
}
