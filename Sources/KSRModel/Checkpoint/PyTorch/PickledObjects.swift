import AtomicFiles

/// A value in a pickle; what holds other values is kept apart, in ``PickledObjects``.
enum PickledValue: Equatable {
  case none
  case bool(Bool)
  case int(Int)
  case float(Double)
  case string(String)
  /// Something that is read over and of no use here, such as bytes; with its kind.
  case inert(String)
  /// The place of an object among the others.
  case object(Int)
}

/// An object that holds values, or stands for what must not be made.
enum PickledObject {
  case tuple([PickledValue])
  case list([PickledValue])
  /// Keys and values in their order; of equal keys the last counts.
  case dictionary([(key: PickledValue, value: PickledValue)])
  case set([PickledValue])
  /// A class or function by its name, never more than the name.
  case global(String)
  /// What a class or function would have made, by its name, and the state it would have been given.
  case placeholder(String, state: PickledValue?)
  case storage(PickledStorage)
  case tensor(PickledTensor)
}

/// Elements of one type in an entry of the archive.
struct PickledStorage: Equatable {
  let type: ElementType
  /// The entry's name below `data/`.
  let key: String
  let count: Int
}

/// A tensor: which elements of its storage it shows, not yet checked against their number.
struct PickledTensor: Equatable {
  let storage: PickledStorage
  let offset: Int
  let shape: [Int]
  let strides: [Int]
}

/// The objects of a pickle, each at its place.
///
/// They refer to each other by place, so that however they are nested, or if they hold themselves,
/// letting them go takes no deep recursion.
struct PickledObjects {
  let root: PickledValue
  let all: [PickledObject]

  /// The object that a value stands for.
  subscript(value: PickledValue) -> PickledObject? {
    if case .object(let place) = value { all[place] } else { nil }
  }

  /// The values of a dictionary whose keys are text, in their order; nil if it is none.
  func members(of value: PickledValue) -> [(key: String, value: PickledValue)]? {
    guard case .dictionary(let pairs) = self[value] else { return nil }
    var members: [(key: String, value: PickledValue)] = []
    var index: [String: Int] = [:]
    for (key, value) in pairs {
      guard case .string(let key) = key else { return nil }
      if let place = index[key] {
        members[place].value = value
      } else {
        index[key] = members.count
        members.append((key, value))
      }
    }
    return members
  }

  /// The value of a key in a dictionary of text.
  func member(_ key: String, of value: PickledValue) -> PickledValue? {
    members(of: value)?.last { $0.key == key }?.value
  }

  func kind(of value: PickledValue) -> String {
    switch value {
    case .none: return "None"
    case .bool: return "a truth value"
    case .int, .float: return "a number"
    case .string: return "text"
    case .inert(let kind): return kind
    case .object: break
    }
    switch self[value] {
    case .tuple: return "a tuple"
    case .list: return "a list"
    case .dictionary: return "a dictionary"
    case .set: return "a set"
    case .global(let name): return "the class \(quoted(name))"
    case .placeholder(let name, _): return "an object of \(quoted(name)), which is not made here"
    case .storage: return "a storage"
    case .tensor: return "a tensor"
    case nil: return "nothing"
    }
  }
}

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

/// What is made of the few classes and functions that are known by name.
extension Unpickler {
  private static let storages: [String: ElementType] = [
    "torch.FloatStorage": .f32, "torch.DoubleStorage": .f64, "torch.HalfStorage": .f16,
    "torch.BFloat16Storage": .bf16, "torch.LongStorage": .i64, "torch.IntStorage": .i32,
    "torch.ShortStorage": .i16, "torch.CharStorage": .i8, "torch.ByteStorage": .u8,
    "torch.BoolStorage": .bool,
  ]

  /// What a class or function would make of the arguments, if it is known; else a placeholder.
  ///
  /// - Parameter isCall: false for an object made without calling its class.
  mutating func construct(
    _ callee: PickledValue, _ arguments: PickledValue, isCall: Bool
  ) throws(CheckpointError) -> PickledValue {
    let name: String
    switch object(callee) {
    case .global(let global): name = global
    case .placeholder(let placeholder, _): name = placeholder
    default: throw failure("what is called is no class or function")
    }
    guard case .tuple(let arguments) = object(arguments) else {
      throw failure("\(name) is called with what is no tuple")
    }
    switch name {
    case "collections.OrderedDict" where arguments.isEmpty: return added(.dictionary([]))
    case "torch._utils._rebuild_tensor_v2" where isCall:
      if let tensor = tensor(arguments) { return added(.tensor(tensor)) }
    case "torch._utils._rebuild_parameter" where isCall:
      if let data = arguments.first, case .tensor = object(data) { return data }
    case "torch.Size" where arguments.count == 1:
      if case .tuple = object(arguments[0]) { return arguments[0] }
    case "builtins.set", "__builtin__.set", "builtins.frozenset", "__builtin__.frozenset":
      if arguments.count == 1, case .list(let values) = object(arguments[0]) {
        return added(.set(values))
      }
    default: break
    }
    return added(.placeholder(name, state: nil))
  }

  /// A tensor by the arguments of `_rebuild_tensor_v2`: storage, offset, shape, strides, and what
  /// only matters to training.
  private func tensor(_ arguments: [PickledValue]) -> PickledTensor? {
    guard arguments.count >= 4, case .storage(let storage) = object(arguments[0]),
      case .int(let offset) = arguments[1], let shape = integers(arguments[2]),
      let strides = integers(arguments[3])
    else { return nil }
    return PickledTensor(storage: storage, offset: offset, shape: shape, strides: strides)
  }

  private func integers(_ value: PickledValue) -> [Int]? {
    guard case .tuple(let values) = object(value), values.count <= 64 else { return nil }
    var result: [Int] = []
    for value in values {
      guard case .int(let number) = value else { return nil }
      result.append(number)
    }
    return result
  }

  /// A storage by its persistent id: ("storage", class, key, device, number of elements).
  func storage(_ identifier: PickledValue) -> PickledStorage? {
    guard case .tuple(let parts) = object(identifier), parts.count >= 5,
      parts[0] == .string("storage"), case .global(let name) = object(parts[1]),
      let type = Self.storages[name], case .string(let key) = parts[2],
      case .int(let count) = parts[4]
    else { return nil }
    return PickledStorage(type: type, key: key, count: count)
  }
}
