/// A literal in a settings file or on the command line.
package indirect enum SettingValue: Sendable, Equatable {
  /// `~`, `null`, `None` or nothing at all: the setting is there and unset.
  case null
  /// `true` or `false`, in YAML also `yes`, `no`, `on`, `off`.
  case bool(Bool)
  case int(Int)
  /// Any other number; 1e-4 is one, as RecBole reads it.
  case float(Double)
  case string(String)
  /// Values in an order.
  case list([SettingValue])
  case map([String: SettingValue])

  /// The value that a plain word stands for: null, a truth value, a number, or itself.
  ///
  /// Numbers are decimal; what other notations could mean (010, 0x10, 1:30) stays a text.
  init(plain word: String) {
    switch word {
    case "", "~", "null", "Null", "NULL", "None": self = .null
    case "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON": self = .bool(true)
    case "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF": self = .bool(false)
    case ".inf", ".Inf", ".INF", "+.inf": self = .float(.infinity)
    case "-.inf", "-.Inf", "-.INF": self = .float(-.infinity)
    case ".nan", ".NaN", ".NAN": self = .float(.nan)
    default:
      if Self.hasLeadingZero(word) {
        self = .string(word)
      } else if let number = Int(word) {
        self = .int(number)
      } else if let number = Array(word.utf8).withUnsafeBufferPointer(DecimalNumber.parse) {
        self = .float(number)
      } else {
        self = .string(word)
      }
    }
  }

  /// The value that a text on the command line stands for.
  init(literal text: String) {
    if let first = text.first, "[{'\"".contains(first),
      let value = try? YAMLReader(source: "").value(of: text)
    {
      self = value
    } else {
      self = SettingValue(plain: text)
    }
  }

  /// Whether a number would be octal to some readers and decimal to others.
  private static func hasLeadingZero(_ word: String) -> Bool {
    let digits = word.utf8.drop { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }
    return digits.count > 1 && digits.first == UInt8(ascii: "0")
      && digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }
}

extension SettingValue {
  /// A scalar as the text that it was written as, or nearly; a list or map as YAML has it.
  package var word: String {
    switch self {
    case .string(let text): text
    default: description
    }
  }

  /// A value that is one word, whole numbers without a point; nil for lists, maps and nothing.
  package var scalar: String? {
    switch self {
    case .float(let number): Int(exactly: number).map { "\($0)" } ?? word
    case .list, .map, .null: nil
    default: word
    }
  }

  /// The words of a list, or of a text that is `a,b` or YAML's `['a', 'b']`; nil where an element is
  /// no word.
  package var words: [String]? {
    switch self {
    case .list(let values):
      let words = values.filter { $0.scalar != nil }.map(\.word)
      return words.count == values.count ? words : nil
    case .map, .null: return nil
    default:
      let text = scalar ?? ""
      // What is no list after all is split like any other text.
      if text.first == "[", case .list(let values) = SettingValue(literal: text) {
        return values.map(\.word)
      }
      return text.split(separator: ",").map { String(trimmed($0)) }.filter { !$0.isEmpty }
    }
  }

  /// The text whose ``words`` these are.
  package static func text(of words: [String]) -> String {
    let plain = words.joined(separator: ",")
    guard SettingValue.string(plain).words != words else { return plain }
    let quoted = words.map { word in
      let inside = word.split(separator: "'", omittingEmptySubsequences: false)
      return "'\(inside.joined(separator: "''"))'"
    }
    return "[\(quoted.joined(separator: ", "))]"
  }

  /// The value as YAML on one line, whatever its texts hold, which reads back as the same.
  package var yaml: String {
    switch self {
    case .null, .bool, .int: description
    case .float(let value):
      value.isNaN
        ? ".nan" : value.isInfinite ? (value < 0 ? "-.inf" : ".inf") : "\(value)"
    case .string(let value): Self.quote(value)
    case .list(let values): "[" + values.map(\.yaml).joined(separator: ", ") + "]"
    case .map(let values):
      "{"
        + values.sorted { $0.key < $1.key }.map { "\(Self.quote($0.key)): \($0.value.yaml)" }
        .joined(separator: ", ") + "}"
    }
  }

  private static func quote(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      default:
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
          let digits = String(scalar.value, radix: 16)
          result += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
        default: result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "\""
  }
}

extension SettingValue: CustomStringConvertible {
  /// The value as YAML would have it on one line.
  package var description: String {
    switch self {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .int(let value): "\(value)"
    case .float(let value): "\(value)"
    case .string(let value): "\"\(value)\""
    case .list(let values): "[" + values.map(\.description).joined(separator: ", ") + "]"
    case .map(let values):
      "{"
        + values.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        .joined(separator: ", ") + "}"
    }
  }
}

/// The text without blanks around it.
package func trimmed(_ text: Substring) -> Substring {
  var text = text.drop { $0 == " " || $0 == "\t" }
  while let last = text.last, last == " " || last == "\t" { text.removeLast() }
  return text
}
