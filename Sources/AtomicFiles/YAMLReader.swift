import Yams

/// Turns YAML into setting values.
struct YAMLReader {
  let source: String
  /// Aliases can make a small file stand for more values than memory holds.
  private static let valueLimit = 100_000
  /// What is expected where a key comes twice.
  static let eachKeyOnce = "each key once"

  /// The keys and values of a document, in its order, each with its line.
  func topLevel(
    of text: String
  ) throws(DataError) -> [(key: String, value: SettingValue, line: Int?)] {
    guard let root = try parse(text) else { return [] }
    var budget = Self.valueLimit
    switch root {
    case .mapping(let mapping):
      var entries: [(key: String, value: SettingValue, line: Int?)] = []
      for entry in try self.entries(mapping, &budget) {
        entries.append((entry.key, try value(entry.node, &budget), entry.line))
      }
      return entries
    case .scalar(let scalar) where scalar.style == .plain && scalar.string.isEmpty:
      return []
    default:
      throw DataError(
        file: source, line: root.mark?.line, found: "no keys", expected: "lines key: value")
    }
  }

  /// The one value that a text stands for.
  func value(of text: String) throws(DataError) -> SettingValue {
    var budget = Self.valueLimit
    guard let root = try parse(text) else { return .null }
    return try value(root, &budget)
  }

  private func parse(_ text: String) throws(DataError) -> Node? {
    let text = text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
    do {
      return try Parser(yaml: text, encoding: .utf8).singleRoot()
    } catch let error as YamlError {
      throw describe(error)
    } catch {
      throw DataError(file: source, found: "\(error)", expected: "YAML")
    }
  }

  private func value(_ node: Node, _ budget: inout Int) throws(DataError) -> SettingValue {
    try spend(&budget, node)
    switch node {
    case .scalar(let scalar):
      guard scalar.style == .plain else { return .string(scalar.string) }
      return SettingValue(plain: scalar.string)
    case .sequence(let sequence):
      var values: [SettingValue] = []
      for element in sequence { values.append(try value(element, &budget)) }
      return .list(values)
    case .mapping(let mapping):
      var values: [String: SettingValue] = [:]
      for entry in try entries(mapping, &budget) {
        values[entry.key] = try value(entry.node, &budget)
      }
      return .map(values)
    case .alias(let alias):
      throw DataError(
        file: source, line: alias.mark?.line, found: "an alias", expected: "a value")
    }
  }

  private func spend(_ budget: inout Int, _ node: Node) throws(DataError) {
    budget -= 1
    guard budget > 0 else {
      throw DataError(
        file: source, line: node.mark?.line, found: "more values than aliases should make",
        expected: "at most \(Self.valueLimit)")
    }
  }

  /// The keys of a mapping and those that `<<` merges into it, as PyYAML reads them: its own win, then
  /// those of the earlier mapping in a list.
  private func entries(
    _ mapping: Node.Mapping, _ budget: inout Int
  ) throws(DataError) -> [(key: String, node: Node, line: Int?)] {
    var own: [(key: String, node: Node, line: Int?)] = []
    var merged: [(key: String, node: Node, line: Int?)] = []
    for (key, node) in mapping {
      try spend(&budget, key)
      guard case .scalar(let scalar) = key, scalar.string == "<<", scalar.style == .plain else {
        own.append((try name(key), node, key.mark?.line))
        continue
      }
      let sources = node.sequence.map(Array.init) ?? [node]
      for source in sources {
        guard let mapping = source.mapping else {
          throw DataError(
            file: self.source, line: key.mark?.line, field: "<<", found: "a value without keys",
            expected: "the keys to merge, such as *name, or a list of such")
        }
        merged += try entries(mapping, &budget)
      }
    }
    var seen = Set(own.map(\.key))
    return own + merged.filter { seen.insert($0.key).inserted }
  }

  private func name(_ key: Node) throws(DataError) -> String {
    guard case .scalar(let scalar) = key else {
      throw DataError(
        file: source, line: key.mark?.line, found: "a key of several parts", expected: "a word")
    }
    return scalar.string
  }

  private func describe(_ error: YamlError) -> DataError {
    switch error {
    case .scanner(let context, let problem, let mark, _),
      .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let whole = [context?.text, problem].compactMap { $0 }.joined(separator: ": ")
      return DataError(file: source, line: mark.line, found: "no YAML (\(whole))", expected: "YAML")
    case .reader(let problem, let offset, _, let yaml):
      let line = offset.map { yaml.utf8.prefix($0).count { $0 == newline } + 1 }
      return DataError(file: source, line: line, found: "no YAML (\(problem))", expected: "YAML")
    case .duplicatedKeysInMapping(let keys, let context):
      return DataError(
        file: source, line: context.mark.line, field: keys.first, found: "the key a second time",
        expected: Self.eachKeyOnce)
    default:
      return DataError(file: source, found: "no YAML (\(error))", expected: "YAML")
    }
  }
}
