extension Settings {
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
