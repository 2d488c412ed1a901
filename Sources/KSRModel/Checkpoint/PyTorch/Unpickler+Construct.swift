/// What is made of the few classes and functions that are known by name.
extension Unpickler {
  /// The storages of PyTorch and the types of their elements.
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
