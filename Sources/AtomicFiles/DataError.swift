import Glibc

/// What is wrong with a file, told in one sentence.
///
/// The parts say where (file, line, field), what stood there and what should have. Where nothing
/// was expected in particular (a file that cannot be opened), `expected` is empty and `found` is
/// the whole statement.
public struct DataError: Error, Sendable, Equatable {
  /// The path of the file or folder, or the name of another source of settings.
  package var file: String
  /// The line, counted from 1.
  package var line: Int?
  /// The column of a table or the key of a setting.
  package var field: String?
  package var found: String
  /// What should have stood there, or an empty string.
  package var expected: String

  /// An error made of its parts.
  package init(
    file: String, line: Int? = nil, field: String? = nil, found: String, expected: String = ""
  ) {
    self.file = file
    self.line = line
    self.field = field
    self.found = found
    self.expected = expected
  }

  /// An error of the operating system: what could not be done, and `errno` in words.
  package static func system(
    file: String, _ failure: String, code: Int32 = errno
  ) -> DataError {
    DataError(file: file, found: "\(failure): \(String(cString: strerror(code)))")
  }
}

extension DataError: CustomStringConvertible {
  /// The sentence, fit for a terminal: one line, no control characters.
  public var description: String {
    var sentence = printable(file, limit: 1000)
    if let line { sentence += ", line \(line)" }
    if let field { sentence += ", field \(printable(field))" }
    if expected.isEmpty {
      sentence += ": \(printable(found, limit: 400))"
    } else {
      sentence +=
        ": found \(printable(found, limit: 400)), expected \(printable(expected, limit: 400))"
    }
    return sentence + "."
  }
}

/// The text with control and invisible characters escaped, cut to a number of characters.
///
/// Whatever comes from a file goes through here before it reaches a terminal.
package func printable(_ text: some StringProtocol, limit: Int = 80) -> String {
  var result = ""
  var length = 0
  for scalar in text.unicodeScalars {
    if length >= limit { return result + "…" }
    length += 1
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse,
      .unassigned:
      switch scalar {
      case "\t": result += "\\t"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      default: result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
      }
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}

/// The text in quotation marks as ``printable(_:limit:)``, or "nothing" if it is empty.
package func quoted(_ text: some StringProtocol, limit: Int = 60) -> String {
  text.isEmpty ? "nothing" : "\"\(printable(text, limit: limit))\""
}
