import AtomicFiles

/// Runs a pickle without running anything: it makes plain values, tensors by description, and inert
/// placeholders for all else.
///
/// No class is looked up and no function called, whatever names the pickle holds. Work and memory
/// are bounded by the length of the pickle, which is bounded itself; lengths that it states are
/// compared with what is left of it before anything is made.
struct Unpickler {
  /// The longest pickle, in bytes: tensors are not in it.
  static let mostBytes = 16 << 20
  /// The most instructions.
  static let mostInstructions = 1_000_000

  private var reader: PickleReader
  /// The values not yet part of an object.
  private var stack: [PickledValue] = []
  /// The heights of the stack at which marks lie.
  private var marks: [Int] = []
  private var memo: [Int: PickledValue] = [:]
  private(set) var objects: [PickledObject] = []

  /// The objects that a pickle describes.
  static func objects(of bytes: [UInt8], file: String) throws(CheckpointError) -> PickledObjects {
    var unpickler = Unpickler(reader: PickleReader(bytes: bytes, file: file))
    let root = try unpickler.run()
    return PickledObjects(root: root, all: unpickler.objects)
  }

  private init(reader: PickleReader) { self.reader = reader }

  private mutating func run() throws(CheckpointError) -> PickledValue {
    guard reader.count <= Self.mostBytes else {
      throw failure("it has \(reader.count) bytes, expected at most \(Self.mostBytes)")
    }
    for _ in 0..<Self.mostInstructions {
      let opcode = try reader.opcode()
      if opcode == .stop {
        let root = try pop()
        guard stack.isEmpty, marks.isEmpty else { throw failure("it stops with values left over") }
        return root
      }
      try perform(opcode)
    }
    throw failure("it has more than \(Self.mostInstructions) instructions")
  }

  private mutating func perform(_ opcode: Opcode) throws(CheckpointError) {
    switch opcode {
    case .stop: break
    case .protocol:
      let version = try reader.byte()
      guard (2...4).contains(version) else {
        throw failure("it is of protocol \(version), expected 2 to 4")
      }
    case .frame: _ = try reader.length(8)

    case .none: stack.append(.none)
    case .newTrue: stack.append(.bool(true))
    case .newFalse: stack.append(.bool(false))
    case .int1: stack.append(.int(Int(try reader.byte())))
    case .int2: stack.append(.int(Int(try reader.number(UInt16.self))))
    case .int: stack.append(.int(Int(Int32(bitPattern: try reader.number(UInt32.self)))))
    case .long1: try putInteger(Int(try reader.byte()))
    case .long4: try putInteger(try reader.length(4))
    case .float:
      stack.append(.float(Double(bitPattern: try reader.number(UInt64.self).byteSwapped)))
    case .shortUnicode: stack.append(.string(try reader.text(try reader.length(1))))
    case .unicode: stack.append(.string(try reader.text(try reader.length(4))))
    case .unicode8: stack.append(.string(try reader.text(try reader.length(8))))
    case .shortString, .shortBytes: skipBytes(try reader.length(1))
    case .string, .bytes: skipBytes(try reader.length(4))
    case .bytes8: skipBytes(try reader.length(8))

    case .mark: marks.append(stack.count)
    case .pop:
      // A mark on top counts as a value here.
      if let mark = marks.last, mark == stack.count { marks.removeLast() } else { _ = try pop() }
    case .popMark: _ = try popToMark()
    case .duplicate:
      let top = try pop()
      stack += [top, top]
    case .put: try remember(Int(try reader.byte()))
    case .longPut: try remember(Int(try reader.number(UInt32.self)))
    case .memoize: try remember(memo.count)
    case .get: try recall(Int(try reader.byte()))
    case .longGet: try recall(Int(try reader.number(UInt32.self)))

    case .emptyTuple: make(.tuple([]))
    case .tuple1: try tuple(1)
    case .tuple2: try tuple(2)
    case .tuple3: try tuple(3)
    case .tuple: make(.tuple(try popToMark()))
    case .emptyList: make(.list([]))
    case .list: make(.list(try popToMark()))
    case .append: try append([try pop()])
    case .appends, .addItems: try append(try popToMark())
    case .emptyDictionary: make(.dictionary([]))
    case .dictionary: make(.dictionary(try pairs(try popToMark())))
    case .setItem:
      let value = try pop()
      try setItems([(try pop(), value)])
    case .setItems: try setItems(try pairs(try popToMark()))
    case .emptySet: make(.set([]))
    case .frozenSet: make(.set(try popToMark()))

    case .global:
      let module = try reader.line()
      make(.global("\(module).\(try reader.line())"))
    case .stackGlobal:
      guard case .string(let name) = try pop(), case .string(let module) = try pop(),
        name.utf8.count <= PickleReader.longestName, module.utf8.count <= PickleReader.longestName
      else { throw failure("a class is named by something else than two short texts") }
      make(.global("\(module).\(name)"))
    case .reduce, .newObject:
      let arguments = try pop()
      stack.append(try construct(try pop(), arguments, isCall: opcode == .reduce))
    case .newObjectWithNames:
      _ = try pop()
      let arguments = try pop()
      stack.append(try construct(try pop(), arguments, isCall: false))
    case .object:
      let values = try popToMark()
      guard let callee = values.first else { throw failure("an object is made of nothing") }
      make(.tuple(Array(values.dropFirst())))
      stack.append(try construct(callee, try pop(), isCall: true))
    case .persistentID:
      let identifier = try pop()
      make(storage(identifier).map { .storage($0) } ?? .placeholder("a persistent id", state: nil))
    case .build:
      let state = try pop()
      try setState(state)
    }
  }
}

/// The stack, the memo and the objects.
extension Unpickler {
  /// An error at the place reached in the pickle.
  func failure(_ detail: String) -> CheckpointError { reader.failure(detail) }

  /// Bytes are passed over; what they hold is of no use here.
  private mutating func skipBytes(_ count: Int) {
    reader.skip(count)
    stack.append(.inert("bytes"))
  }

  private mutating func putInteger(_ count: Int) throws(CheckpointError) {
    stack.append(try reader.integer(count).map { .int($0) } ?? .inert("a number of \(count) bytes"))
  }

  private mutating func pop() throws(CheckpointError) -> PickledValue {
    guard stack.count > marks.last ?? 0, let value = stack.popLast() else {
      throw failure("a value is missing")
    }
    return value
  }

  private mutating func popToMark() throws(CheckpointError) -> [PickledValue] {
    guard let mark = marks.popLast() else { throw failure("a mark is missing") }
    let values = Array(stack[mark...])
    stack.removeLast(values.count)
    return values
  }

  private mutating func remember(_ key: Int) throws(CheckpointError) {
    guard stack.count > marks.last ?? 0, let top = stack.last else {
      throw failure("a value to remember is missing")
    }
    memo[key] = top
  }

  private mutating func recall(_ key: Int) throws(CheckpointError) {
    guard let value = memo[key] else { throw failure("nothing was remembered as \(key)") }
    stack.append(value)
  }

  /// Puts a new object on the stack.
  mutating func make(_ object: PickledObject) {
    stack.append(.object(objects.count))
    objects.append(object)
  }

  /// A new object, kept off the stack.
  mutating func added(_ object: PickledObject) -> PickledValue {
    objects.append(object)
    return .object(objects.count - 1)
  }

  /// The object that a value stands for.
  func object(_ value: PickledValue) -> PickledObject? {
    if case .object(let place) = value { objects[place] } else { nil }
  }

  private mutating func tuple(_ count: Int) throws(CheckpointError) {
    guard stack.count - (marks.last ?? 0) >= count else { throw failure("a value is missing") }
    let values = Array(stack.suffix(count))
    stack.removeLast(count)
    make(.tuple(values))
  }

  private func pairs(
    _ values: [PickledValue]
  ) throws(CheckpointError) -> [(key: PickledValue, value: PickledValue)] {
    guard values.count % 2 == 0 else { throw failure("a key has no value") }
    return stride(from: 0, to: values.count, by: 2).map { (values[$0], values[$0 + 1]) }
  }

  /// The place of the object on top of the stack, which is to be changed.
  private func top() throws(CheckpointError) -> Int {
    guard stack.count > marks.last ?? 0, case .object(let place) = stack.last else {
      throw failure("an object to change is missing")
    }
    return place
  }

  private mutating func append(_ values: [PickledValue]) throws(CheckpointError) {
    let place = try top()
    switch objects[place] {
    // The object is let go while it is changed, so that it is not copied.
    case .list(var list):
      objects[place] = .tuple([])
      list += values
      objects[place] = .list(list)
    case .set(var set):
      objects[place] = .tuple([])
      set += values
      objects[place] = .set(set)
    case .placeholder: break
    default: throw failure("values are added to what is no list")
    }
  }

  private mutating func setItems(
    _ pairs: [(key: PickledValue, value: PickledValue)]
  ) throws(CheckpointError) {
    let place = try top()
    switch objects[place] {
    case .dictionary(var dictionary):
      objects[place] = .tuple([])
      dictionary += pairs
      objects[place] = .dictionary(dictionary)
    case .placeholder: break
    default: throw failure("keys are set in what is no dictionary")
    }
  }

  /// What BUILD does: a placeholder keeps the state, an ordered dictionary has no use for it.
  private mutating func setState(_ state: PickledValue) throws(CheckpointError) {
    let place = try top()
    switch objects[place] {
    case .placeholder(let name, _): objects[place] = .placeholder(name, state: state)
    case .dictionary, .tensor: break
    default: throw failure("a state is given to what can have none")
    }
  }
}
