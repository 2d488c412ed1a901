/// One setting of some settings: what `--help`, files and documentation know of it.
package struct SettingKey<Root: Sendable>: Sendable {
  package let name: String
  /// What values it takes, as errors and help say it.
  package let expected: String
  /// A sentence, without its point.
  package let meaning: String
  /// RecBole's default as text, where it is another than ours.
  package let recBole: String?
  /// The value, as text, of files that were written before there was the setting; nil for none.
  package let absent: String?
  /// What help shows for its default where ``text`` has nothing.
  package let unset: String
  /// The value as text, which ``read`` takes.
  package let text: @Sendable (Root) -> String
  /// Takes over a value; false if the setting cannot have it.
  package let read: @Sendable (SettingValue, inout Root) -> Bool

  package init(
    _ name: String, _ expected: String, recBole: String? = nil, absent: String? = nil,
    unset: String = "none", _ meaning: String, text: @escaping @Sendable (Root) -> String,
    read: @escaping @Sendable (SettingValue, inout Root) -> Bool
  ) {
    (self.name, self.expected, self.meaning) = (name, expected, meaning)
    (self.recBole, self.absent, self.unset) = (recBole, absent, unset)
    (self.text, self.read) = (text, read)
  }

  /// A setting that is one stored property.
  package init<Value: Sendable>(
    _ name: String, _ path: WritableKeyPath<Root, Value> & Sendable, _ kind: SettingKind<Value>,
    recBole: String? = nil, absent: String? = nil, _ meaning: String
  ) {
    self.init(
      name, kind.expected, recBole: recBole, absent: absent, meaning,
      text: { kind.text($0[keyPath: path]) }
    ) { value, root in
      guard let value = kind.read(value) else { return false }
      root[keyPath: path] = value
      return true
    }
  }

  /// A setting that is one stored property or, for a word, nothing.
  package init<Value: Sendable>(
    _ name: String, _ path: WritableKeyPath<Root, Value?> & Sendable, _ kind: SettingKind<Value>,
    or word: String, recBole: String? = nil, _ meaning: String
  ) {
    self.init(name, path, kind.or(word), recBole: recBole, meaning)
  }

  package func lifted<Outer: Sendable>(
    to path: WritableKeyPath<Outer, Root> & Sendable
  ) -> SettingKey<Outer> {
    SettingKey<Outer>(
      name, expected, recBole: recBole, absent: absent, unset: unset, meaning,
      text: { text($0[keyPath: path]) }, read: { read($0, &$1[keyPath: path]) })
  }
}

/// Settings that one table of keys reads, prints and explains.
package protocol KeyedSettings: Sendable {
  /// In the order of printing and of help.
  static var keys: [SettingKey<Self>] { get }
}

extension KeyedSettings {
  /// The settings as text, in a fixed order.
  package var keyValues: [(key: String, value: String)] {
    Self.keys.map { ($0.name, $0.text(self)) }
  }

  /// The setting of a name.
  package static func key(_ name: String) -> SettingKey<Self>? { keys.first { $0.name == name } }

  /// Takes over a setting; false where it is missing or unset.
  package mutating func take(
    _ key: SettingKey<Self>, of settings: Settings
  ) throws(DataError) -> Bool {
    guard let value = settings[key.name], value != .null else { return false }
    guard key.read(value, &self) else { throw settings.error(key.name, expected: key.expected) }
    return true
  }

  /// Throws a sentence about the first value that is out of range, for settings that a program made.
  package func validate(as source: String) throws(DataError) {
    var copy = self
    for key in Self.keys where !key.read(.string(key.text(self)), &copy) {
      throw DataError(
        file: source, field: key.name, found: key.text(self), expected: key.expected)
    }
  }

  /// What `--help` says about the settings, with the values that these have.
  package var help: String { Self.keys.map { $0.help(default: self) }.joined(separator: "\n") }

  /// The settings as a table of the documentation, with the values that these have.
  package func markdown(_ isShown: (SettingKey<Self>) -> Bool = { _ in true }) -> String {
    let rows = Self.keys.filter(isShown).map { key in
      let recBole = key.recBole.map { "`\($0)`" } ?? ""
      return "| `\(key.name)` | `\(key.shown(in: self))` | \(recBole) "
        + "| \(key.meaning) |"
    }
    return (["| setting | default | RecBole's | meaning |", "|---|---|---|---|"] + rows)
      .joined(separator: "\n")
  }
}

extension SettingKey {
  func shown(in root: Root) -> String {
    let text = text(root)
    return text.isEmpty ? unset : text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  /// Two lines for `--help`: the default, the values, the meaning.
  package func help(default root: Root) -> String {
    let recBole = recBole.map { "; RecBole's: \($0)" } ?? ""
    return "  \(name) = \(shown(in: root))   (\(expected)\(recBole))\n      \(meaning)"
  }
}
