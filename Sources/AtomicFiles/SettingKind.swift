/// What a setting may be: how it is read and written, and how errors and help say it.
package struct SettingKind<Value: Sendable>: Sendable {
  /// What follows "expected" in errors and stands in help: "a whole number from 1 to 3".
  package let expected: String
  /// The text that ``read`` takes as the value.
  let text: @Sendable (Value) -> String
  /// The value; nil if it is none of this kind.
  ///
  /// A number or truth value may come as a text: in quotation marks, or from a file's metadata.
  package let read: @Sendable (SettingValue) -> Value?

  /// A kind that has a notation of its own.
  package init(
    _ expected: String, text: @escaping @Sendable (Value) -> String,
    read: @escaping @Sendable (SettingValue) -> Value?
  ) {
    (self.expected, self.text, self.read) = (expected, text, read)
  }

  /// The same, or nothing, for which a word stands.
  package func or(_ word: String) -> SettingKind<Value?> {
    SettingKind<Value?>("\(expected), or \(word)", text: { $0.map(text) ?? word }) { value in
      value == .string(word) ? .some(nil) : read(value).map(Optional.some)
    }
  }

  /// The same, for a setting that may be missing.
  package var optional: SettingKind<Value?> {
    SettingKind<Value?>(expected, text: { $0.map(text) ?? "" }) { read($0).map(Optional.some) }
  }

  /// One value or more of a kind, each once.
  package static func list<Element: Hashable & Sendable>(
    _ expected: String, of kind: SettingKind<Element>
  ) -> Self where Value == [Element] {
    Self(expected, text: { SettingValue.text(of: $0.map(kind.text)) }) { value in
      guard let words = value.words, !words.isEmpty else { return nil }
      var seen: Set<Element> = []
      let values = words.compactMap { kind.read(.string($0)) }
      return values.count == words.count ? values.filter { seen.insert($0).inserted } : nil
    }
  }
}

extension SettingKind where Value: FixedWidthInteger {
  /// A whole number within bounds, also where it is written as 1e3.
  package static func count(_ range: ClosedRange<Value> = .min ... .max) -> Self {
    let least = range.lowerBound == .min && Value.isSigned ? nil : range.lowerBound
    let most = range.upperBound == .max ? nil : range.upperBound
    let bounds =
      (least.map { " from \($0)" } ?? "")
      + (most.map { least == nil ? " up to \($0)" : " to \($0)" } ?? "")
    return Self("a whole number\(bounds)", text: { "\($0)" }) { value in
      let number: Value? =
        switch value {
        case .int(let number): Value(exactly: number)
        case .float(let number): Value(exactly: number)
        case .string(let word): Value(word)
        default: nil
        }
      return number.flatMap { range.contains($0) ? $0 : nil }
    }
  }
}

extension SettingKind where Value: BinaryFloatingPoint & LosslessStringConvertible {
  package static var number: Self { number("a finite number") { _ in true } }

  package static func number(_ range: ClosedRange<Value>) -> Self {
    number("a number from \(word(range.lowerBound)) to \(word(range.upperBound))") {
      range.contains($0)
    }
  }

  package static func number(_ range: Range<Value>) -> Self {
    number(
      "a number from \(word(range.lowerBound)) to below \(word(range.upperBound))"
    ) { range.contains($0) }
  }

  package static func number(_ range: PartialRangeFrom<Value>) -> Self {
    number("a number from \(word(range.lowerBound))") { range.contains($0) }
  }

  package static func number(above low: Value, to high: Value? = nil) -> Self {
    number("a number above \(word(low))\(high.map { " to \(word($0))" } ?? "")") {
      $0 > low && $0 <= high ?? .infinity
    }
  }

  package static func number(between low: Value, and high: Value) -> Self {
    number("a number between \(word(low)) and \(word(high))") { $0 > low && $0 < high }
  }

  private static func number(
    _ expected: String, _ isAllowed: @escaping @Sendable (Value) -> Bool
  ) -> Self {
    Self(expected, text: { "\($0)" }) { value in
      let number: Value? =
        switch value {
        case .int(let number): Value(number)
        // By its digits: rounded twice, some would end elsewhere.
        case .float(let number): Value("\(number)")
        case .string(let word): Value(word)
        default: nil
        }
      return number.flatMap { $0.isFinite && isAllowed($0) ? $0 : nil }
    }
  }

  private static func word(_ bound: Value) -> String {
    Int(exactly: bound).map { "\($0)" } ?? "\(bound)"
  }
}

extension SettingKind where Value: RawRepresentable<String> & CaseIterable {
  package static var choice: Self { choice(and: [:]) }

  /// One of some words, or another word for the same.
  package static func choice(and synonyms: [String: Value]) -> Self {
    let words = Value.allCases.map(\.rawValue)
    return Self(
      words.count == 2
        ? words.joined(separator: " or ") : "one of \(words.joined(separator: ", "))",
      text: \.rawValue
    ) { value in
      if case .string(let word) = value { Value(rawValue: word) ?? synonyms[word] } else { nil }
    }
  }
}

extension SettingKind where Value == Bool {
  package static var flag: Self {
    Self("true or false", text: { "\($0)" }) { value in
      switch value {
      case .bool(let flag): flag
      case .string(let word):
        SettingValue(plain: word) == .bool(true)
          ? true : SettingValue(plain: word) == .bool(false) ? false : nil
      default: nil
      }
    }
  }
}

extension SettingKind where Value == String {
  package static var text: Self {
    Self("a text", text: { $0 }) { if case .string(let text) = $0 { text } else { nil } }
  }
}

extension SettingKind where Value == [String] {
  /// Words, as a list or separated by commas.
  package static var words: Self {
    Self("a list of words", text: SettingValue.text(of:), read: \.words)
  }
}

extension SettingKind where Value == [String: SettingValue] {
  package static var map: Self {
    Self("keys and values", text: { SettingValue.map($0).yaml }) {
      if case .map(let values) = $0 { values } else { nil }
    }
  }
}

extension SettingKind {
  package static func word(
    _ expected: String, text: @escaping @Sendable (Value) -> String,
    parse: @escaping @Sendable (String) -> Value?
  ) -> Self {
    Self(expected, text: text) { $0.scalar.flatMap(parse) }
  }
}
