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

  /// All settings by their keys.
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
    let file = try MappedFile(path)
    guard file.bytes.count <= 10_000_000 else {
      throw DataError(
        file: path, found: "\(file.bytes.count) bytes", expected: "a file of settings")
    }
    guard let text = String(validating: file.bytes, as: UTF8.self) else {
      throw DataError(file: path, found: "bytes that are not UTF-8", expected: "UTF-8")
    }
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

extension SettingValue {
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
}
