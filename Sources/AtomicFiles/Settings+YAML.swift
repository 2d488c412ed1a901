extension Settings {
  /// The settings as a YAML file that reads back as the same, key by key in alphabetical order.
  public var yaml: String {
    keys.map { key in "\(SettingValue.string(key).yamlKey): \(self[key]?.yaml ?? "~")\n" }.joined()
  }
}

extension SettingValue {
  /// The value as YAML on one line that reads back as the same.
  public var yaml: String {
    switch self {
    case .null: "~"
    case .bool(let value): value ? "true" : "false"
    case .int(let value): "\(value)"
    case .float(let value):
      value.isNaN ? ".nan" : value.isInfinite ? (value < 0 ? "-.inf" : ".inf") : "\(value)"
    case .string(let value): Self.inQuotationMarks(value)
    case .list(let values): "[" + values.map(\.yaml).joined(separator: ", ") + "]"
    case .map(let values):
      "{"
        + values.sorted { $0.key < $1.key }
        .map { "\(Self.string($0.key).yamlKey): \($0.value.yaml)" }.joined(separator: ", ") + "}"
    }
  }

  fileprivate var yamlKey: String {
    guard case .string(let word) = self else { return yaml }
    let isPlain =
      word.utf8.first.map { $0 > 64 } == true
      && word.utf8.allSatisfy { byte in
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
          || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
      }
    if isPlain, SettingValue(plain: word) == self { return word }
    return Self.inQuotationMarks(word)
  }

  private static func inQuotationMarks(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      default:
        if scalar.properties.generalCategory == .control || scalar.value == 0x2028
          || scalar.value == 0x2029 || scalar.value == 0xFEFF
        {
          let digits = String(scalar.value, radix: 16, uppercase: true)
          result += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "\""
  }
}
