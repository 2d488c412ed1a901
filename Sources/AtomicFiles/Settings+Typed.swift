extension Settings {
  /// An error about a key: what it holds, and what it should.
  package func error(_ key: String, expected: String) -> DataError {
    let entry = entries[key]
    return DataError(
      file: entry?.source ?? "settings", line: entry?.line, field: key,
      found: entry?.value.description ?? "nothing", expected: expected)
  }

  /// An error that the data showed, at the place of the setting that it is about.
  ///
  /// Where the error's field is a key of these settings, file and line become those of the key; other
  /// errors stay as they are.
  package func located(_ error: DataError) -> DataError {
    guard let key = error.field?.split(separator: ".").first.map(String.init),
      let entry = entries[key], entry.source != error.file
    else { return error }
    return DataError(
      file: entry.source, line: entry.line, field: error.field,
      found: "\(error.found) (\(printable(error.file, limit: 1000)))", expected: error.expected)
  }

  /// A truth value; nil where the key is missing or unset.
  package func bool(_ key: String) throws(DataError) -> Bool? {
    try read(key, "true or false") { if case .bool(let value) = $0 { value } else { nil } }
  }

  /// A whole number within bounds; nil where the key is missing or unset.
  package func int(
    _ key: String, in range: ClosedRange<Int> = Int.min...Int.max
  ) throws(DataError) -> Int? {
    try read(key, "a whole number\(bounds(range, Int.min, Int.max))") { value in
      guard let number = value.int, range.contains(number) else { return nil }
      return number
    }
  }

  /// A finite number within bounds; nil where the key is missing or unset.
  package func float(
    _ key: String,
    in range: ClosedRange<Double> = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude
  ) throws(DataError) -> Double? {
    let limit = Double.greatestFiniteMagnitude
    return try read(key, "a finite number\(bounds(range, -limit, limit))") { value in
      guard let number = value.float, range.contains(number) else { return nil }
      return number
    }
  }

  /// A text; nil where the key is missing or unset.
  package func string(_ key: String) throws(DataError) -> String? {
    try read(key, "a text") { if case .string(let value) = $0 { value } else { nil } }
  }

  /// One of some words; nil where the key is missing or unset.
  package func choice<Choice: RawRepresentable & CaseIterable>(
    _ key: String, _: Choice.Type = Choice.self
  ) throws(DataError) -> Choice? where Choice.RawValue == String {
    let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
    return try read(key, "one of \(words)") { value in
      if case .string(let word) = value { Choice(rawValue: word) } else { nil }
    }
  }

  /// A list of texts; nil where the key is missing or unset.
  package func strings(_ key: String) throws(DataError) -> [String]? {
    try list(key, "a list of texts") { if case .string(let value) = $0 { value } else { nil } }
  }

  /// A list of whole numbers; nil where the key is missing or unset.
  package func ints(_ key: String) throws(DataError) -> [Int]? {
    try list(key, "a list of whole numbers", \.int)
  }

  /// A list of finite numbers; nil where the key is missing or unset.
  package func floats(_ key: String) throws(DataError) -> [Double]? {
    try list(key, "a list of finite numbers", \.float)
  }

  /// Values by their keys; nil where the key is missing or unset.
  package func map(_ key: String) throws(DataError) -> [String: SettingValue]? {
    try read(key, "keys and values") { if case .map(let values) = $0 { values } else { nil } }
  }

  private func read<Value>(
    _ key: String, _ expected: String, _ convert: (SettingValue) -> Value?
  ) throws(DataError) -> Value? {
    guard let value = self[key], value != .null else { return nil }
    guard let converted = convert(value) else { throw error(key, expected: expected) }
    return converted
  }

  private func list<Value>(
    _ key: String, _ expected: String, _ convert: (SettingValue) -> Value?
  ) throws(DataError) -> [Value]? {
    try read(key, expected) { value in
      guard case .list(let values) = value else { return nil }
      let converted = values.compactMap(convert)
      return converted.count == values.count ? converted : nil
    }
  }

  private func bounds<Bound>(_ range: ClosedRange<Bound>, _ least: Bound, _ most: Bound) -> String {
    switch (range.lowerBound == least, range.upperBound == most) {
    case (true, true): ""
    case (false, true): ", at least \(range.lowerBound)"
    case (true, false): ", at most \(range.upperBound)"
    case (false, false): " from \(range.lowerBound) to \(range.upperBound)"
    }
  }
}

extension SettingValue {
  /// The whole number that this is, also where it is written as 1e3.
  fileprivate var int: Int? {
    switch self {
    case .int(let value): value
    case .float(let value): Int(exactly: value)
    default: nil
    }
  }

  fileprivate var float: Double? {
    switch self {
    case .int(let value): Double(value)
    case .float(let value) where value.isFinite: value
    default: nil
    }
  }
}
