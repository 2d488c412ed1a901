/// Settings from YAML files and `key=value` texts, with the place where each was made.
///
/// What is merged later wins, and wins whole: a top-level key replaces the one before it, lists and
/// maps are not merged into each other (as in RecBole). Values are literals; nothing is evaluated.
public struct Settings: Sendable {
  /// A value and where it stands.
  public struct Entry: Sendable, Equatable {
    package var value: SettingValue
    /// The file, or "the command line" and the like.
    package var source: String
    /// The line in the file, counted from 1.
    package var line: Int?
  }

  package private(set) var entries: [String: Entry] = [:]
  /// What was odd in the files but could be read, a sentence each.
  package private(set) var warnings: [String] = []

  package init() {}

  /// The keys in alphabetical order.
  package var keys: [String] { entries.keys.sorted() }

  /// The value of a key; `.null` where the key is there and unset.
  package subscript(key: String) -> SettingValue? { entries[key]?.value }

  /// Sets a value, as a default of the program or in a test.
  package mutating func set(
    _ key: String, _ value: SettingValue, source: String, line: Int? = nil
  ) {
    entries[key] = Entry(value: value, source: source, line: line)
  }

  /// Merges a YAML file.
  package mutating func merge(file path: String) throws(DataError) {
    let text = try String(contentsOf: path, limit: 10_000_000, expected: "a file of settings")
    try merge(yaml: text, source: path)
  }

  /// Merges a YAML text.
  ///
  /// The block of settings on RecBole's page of KSR is no YAML as it is printed; the lines that the
  /// print lost are put back, with a warning.
  package mutating func merge(yaml text: String, source: String) throws(DataError) {
    let reader = YAMLReader(source: source)
    do throws(DataError) {
      merge(try reader.topLevel(of: text), source: source)
    } catch {
      guard let printed = PrintedSettings(text) else { throw error }
      do throws(DataError) {
        merge(try reader.topLevel(of: printed.text), source: source) { printed.originalLine($0) }
      } catch let mended {
        // Pasted among settings that unset the same key (`preload_weight: ~`): that is what to say.
        guard mended.expected == YAMLReader.eachKeyOnce else { throw error }
        var mended = mended
        mended.line = mended.line.map(printed.originalLine)
        throw mended
      }
      warnings.append(
        "\(printable(source, limit: 1000)) is no YAML as it stands; read with what the print of "
          + "RecBole's page lost: \(printed.restored.joined(separator: ", ")).")
    }
  }

  private mutating func merge(
    _ content: [(key: String, value: SettingValue, line: Int?)], source: String,
    lineOf original: (Int) -> Int = { $0 }
  ) {
    for (key, value, line) in content {
      entries[key] = Entry(value: value, source: source, line: line.map(original))
    }
  }

  /// Merges a text `key=value`, as after `--set`.
  ///
  /// The value may be a word or number, a quoted text, or a list or map in brackets; anything else,
  /// such as the interval `[5,inf)`, is a text.
  package mutating func merge(
    assignment text: String, source: String = "command line"
  ) throws(DataError) {
    guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
      throw DataError(file: source, found: quoted(text), expected: "key=value")
    }
    var word = text[text.index(after: equals)...]
    while word.first == " " { word.removeFirst() }
    while word.last == " " { word.removeLast() }
    entries[String(text[..<equals])] = Entry(
      value: SettingValue(literal: String(word)), source: source, line: nil)
  }
}

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

  /// The value of a key; nil where it is missing or unset.
  package func value<Value>(
    _ key: String, _ kind: SettingKind<Value>
  ) throws(DataError) -> Value? {
    guard let value = self[key], value != .null else { return nil }
    guard let result = kind.read(value) else { throw error(key, expected: kind.expected) }
    return result
  }

  /// The settings as a YAML file that reads back as the same, key by key in alphabetical order.
  package var yaml: String {
    keys.map { key in "\(Self.yamlKey(key)): \(self[key]?.yaml ?? "~")\n" }.joined()
  }

  /// The key itself where it is a plain word, else in quotation marks.
  private static func yamlKey(_ key: String) -> String {
    let isPlain =
      key.utf8.first.map { $0 > 64 } == true
      && key.utf8.allSatisfy { byte in
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
          || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
      }
    let text = SettingValue.string(key)
    return isPlain && SettingValue(plain: key) == text ? key : text.yaml
  }
}
