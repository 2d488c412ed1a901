import AtomicFiles

/// What RecBole's settings say about reading a data folder, as far as it decides identifiers.
enum RecBoleDataSettings {
  /// Settings that change identifiers or vectors and are not applied here, each with the values at
  /// which they change nothing and the reason.
  private static let refused: [(key: String, neutral: [SettingValue], reason: String)] = [
    (
      "benchmark_filename", [],
      "RecBole's KSR reads sequences that were cut in advance from such files, which are not read"
    ),
    (
      "kg_reverse_r", [.bool(false)],
      "RecBole's KSR has no vectors for reverse relations and cannot have been trained with them"
    ),
    ("normalize_field", [], "vectors are read as they stand"),
    ("normalize_all", [.bool(false)], "vectors are read as they stand"),
  ]

  /// Reads the settings; an error where one asks for data that is not what the folder holds.
  static func read(_ settings: Settings) throws(DataError) -> DataSettings {
    for (key, neutral, reason) in refused {
      guard let value = settings[key], value != .null, !neutral.contains(value) else { continue }
      let values = neutral.isEmpty ? "none" : neutral.map(\.description).joined(separator: " or ")
      throw settings.error(key, expected: "\(values): \(reason)")
    }
    return try DataSettings(settings)
  }
}
