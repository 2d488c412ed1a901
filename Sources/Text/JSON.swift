import FoundationEssentials

/// The one way in which the program writes JSON: keys sorted, slashes as they are.
package enum JSON {
  /// A value as JSON over several lines, without a line break at the end.
  ///
  /// - Throws: if a number is not finite, which JSON cannot say.
  package static func text(_ value: some Encodable) throws(UserError) -> String {
    try encoded(value, [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
  }

  /// A value as JSON in one line, without a line break at the end.
  ///
  /// - Throws: if a number is not finite, which JSON cannot say.
  package static func line(_ value: some Encodable) throws(UserError) -> String {
    try encoded(value, [.sortedKeys, .withoutEscapingSlashes])
  }

  private static func encoded(
    _ value: some Encodable, _ formatting: JSONEncoder.OutputFormatting
  ) throws(UserError) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = formatting
    do {
      return String(decoding: try encoder.encode(value), as: UTF8.self)
    } catch EncodingError.invalidValue(let found, let context) {
      throw UserError(
        "JSON has no number \(found), which is the value of \(place(context.codingPath)).")
    } catch {
      throw UserError("Cannot write JSON: \(error).")
    }
  }

  /// Where a value stands: `rows[2].interval.mean`.
  private static func place(_ path: [any CodingKey]) -> String {
    let text = path.reduce("") { text, key in
      if let index = key.intValue { return text + "[\(index)]" }
      return text + (text.isEmpty ? "" : ".") + key.stringValue
    }
    return text.isEmpty ? "the whole" : text
  }
}
