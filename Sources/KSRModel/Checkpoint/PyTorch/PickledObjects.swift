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
