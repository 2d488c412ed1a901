import AtomicFiles

extension PickledObjects {
  /// RecBole's settings, where the checkpoint has them as plain data: the state that its `Config`
  /// would have been given, read as a dictionary.
  var configuration: [String: SettingValue] {
    guard let config = member("config", of: root) else { return [:] }
    var settings = config
    if case .placeholder(_, let state?) = self[config] {
      settings = member("final_config_dict", of: state) ?? state
    }
    var result: [String: SettingValue] = [:]
    // Objects may be shared or hold themselves, so that what is read of them is bounded.
    var budget = 10_000
    for (key, value) in members(of: settings) ?? [] {
      if let setting = setting(value, depth: 0, budget: &budget) { result[key] = setting }
    }
    return result
  }

  /// A value as a setting; nil if any part of it is not plain data.
  private func setting(_ value: PickledValue, depth: Int, budget: inout Int) -> SettingValue? {
    budget -= 1
    guard budget >= 0, depth <= 8 else { return nil }
    switch value {
    case .none: return .null
    case .bool(let value): return .bool(value)
    case .int(let value): return .int(value)
    case .float(let value): return .float(value)
    case .string(let value): return .string(value)
    case .inert: return nil
    case .object: break
    }
    switch self[value] {
    case .list(let values), .tuple(let values), .set(let values):
      var list: [SettingValue] = []
      for value in values {
        guard let item = setting(value, depth: depth + 1, budget: &budget) else { return nil }
        list.append(item)
      }
      return .list(list)
    case .dictionary(let pairs):
      budget -= pairs.count
      guard budget >= 0, let members = members(of: value) else { return nil }
      var map: [String: SettingValue] = [:]
      for (key, value) in members {
        guard let item = setting(value, depth: depth + 1, budget: &budget) else { return nil }
        map[key] = item
      }
      return .map(map)
    default: return nil
    }
  }
}
