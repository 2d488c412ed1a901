import AtomicFiles
import KSRNumerics

/// Parameters under the names that PyTorch gives them (`Module.state_dict()`).
package struct StateDict: Sendable {
  package struct Tensor: Sendable {
    /// Its name, such as `dense.weight`.
    package let name: String
    /// Its shape, outermost first.
    package let shape: [Int]
    /// Its elements, row after row.
    package let values: [Float]
  }

  /// The name of the file, as errors give it.
  package let file: String
  /// The tensors in the order of the file.
  package let tensors: [Tensor]

  init(file: String, tensors: [Tensor]) {
    self.file = file
    self.tensors = tensors
  }

  /// The tensors of a safetensors file, which must all be of numbers with a fraction.
  package init(_ file: SafetensorsFile) throws(CheckpointError) {
    self.file = file.file
    var tensors: [Tensor] = []
    for layout in file.tensors {
      tensors.append(
        Tensor(name: layout.name, shape: layout.shape, values: try file.floats(layout.name)))
    }
    self.tensors = tensors
  }

  package subscript(name: String) -> Tensor? { tensors.first { $0.name == name } }

  /// Number of items, the padding item included: the rows of `item_embedding.weight`.
  package var itemCount: Int { self["item_embedding.weight"]?.shape.first ?? 0 }

  /// Completes settings with what the shapes tell, and checks that all tensors are those of the
  /// ``model`` in RecBole.
  ///
  /// - Parameter others: the settings that no shape tells: gamma, the loss, the window and so on.
  package func settings(completing others: KSRSettings) throws(CheckpointError) -> KSRSettings {
    func sides(_ name: String) throws(CheckpointError) -> (Int, Int) {
      guard let tensor = self[name] else {
        let found = tensors.prefix(6).map { quoted($0.name) }.joined(separator: ", ")
        throw CheckpointError(
          .contents, file: file, tensor: name,
          "there is no tensor of this name, so these are not the parameters of KSR or GRU4Rec; found "
            + (found.isEmpty ? "none" : found) + (tensors.count > 6 ? ", …" : ""))
      }
      guard tensor.shape.count == 2, tensor.shape.allSatisfy({ $0 > 0 }) else {
        throw CheckpointError(
          .contents, file: file, tensor: name,
          "it is \(tensor.shape.shapeText), expected a matrix with rows and columns")
      }
      return (tensor.shape[0], tensor.shape[1])
    }
    var settings = others
    let items = try sides("item_embedding.weight")
    settings.embeddingSize = items.1
    (settings.kgEmbeddingSize, settings.hiddenSize) = try sides("dense.weight")
    let prefix = "gru_layers.weight_ih_l"
    settings.layerCount = tensors.count { $0.name.hasPrefix(prefix) }
    settings.hasPadRelation = true
    if model == .gru4Rec { settings = gru4RecSettings(completing: settings) }
    let largest = max(settings.embeddingSize, settings.kgEmbeddingSize, settings.hiddenSize)
    guard (1...3).contains(settings.layerCount), largest <= 65536 else {
      throw CheckpointError(
        .contents, file: file,
        "it has \(settings.layerCount) layers up to \(largest) wide, expected 1 to 3 layers at most"
          + " 65536 wide")
    }
    try check(settings, items: items.0)
    return settings
  }

  /// Compares names and shapes with those of the settings; the relation vectors may be missing.
  private func check(_ settings: KSRSettings, items: Int) throws(CheckpointError) {
    var expected =
      model == .gru4Rec
      ? Self.gru4RecTensors(settings, items: items)
      : ModelFile.parameters(settings, items: items, relations: nil)
    for index in expected.indices where expected[index].name == "relation_Matrix" {
      expected[index].isOptional = true
    }
    let problems = ModelFile.problems(expected: expected, names: tensors.map(\.name)) { tensor in
      guard let found = self[tensor.name] else { return .nothing }
      return tensor.matches(shape: found.shape) ? .fitting : .other(found.shape.shapeText)
    }
    if let problems {
      throw CheckpointError(
        .contents, file: file,
        "its tensors are not those of RecBole's \(model.rawValue); " + problems)
    }
  }

  /// The parameters with relation vectors of their own, which GRU4Rec has none of.
  ///
  /// - Parameter settings: from ``settings(completing:)``.
  package func parameters(
    _ settings: KSRSettings, relations: Matrix
  ) throws(CheckpointError) -> KSRParameters {
    guard model == .ksr else { return try gru4RecParameters(settings) }
    // The large tables are made from the tensors alone, not from zeros first.
    var result = KSRParameters(settings: settings, itemCount: 0, relationCount: 0)
    let places = result.entries.map { (name: $0.name, path: $0.path) }
    for (name, path) in places where name != "relation_Matrix" {
      guard let tensor = self[name] else { continue }
      try checkFinite(tensor.values, tensor: name, file: file)
      switch name {
      case "item_embedding.weight":
        result.itemEmbedding = Matrix(
          rows: itemCount, columns: settings.embeddingSize, values: tensor.values)
      case "entity_embedding.weight":
        result.entityEmbedding = Matrix(
          rows: itemCount, columns: settings.kgEmbeddingSize, values: tensor.values)
      default: result[keyPath: path] = tensor.values
      }
    }
    try checkFinite(relations.values, tensor: "relation_Matrix", file: file)
    result.relationMatrix = relations
    return result
  }
}

extension KSRParameters {
  /// The parameters as a safetensors file under the names of RecBole's state dict, `relation_Matrix`
  /// with them; PyTorch's and our own import read it.
  package var stateDict: SafetensorsContents {
    SafetensorsContents(
      metadata: ["format": "pt"],
      tensors: entries.map {
        SafetensorsTensor($0.name, shape: $0.shape, .floats(self[keyPath: $0.path]))
      })
  }
}

extension PickledTensor {
  /// The most dimensions a tensor may have.
  static let highestRank = 8

  /// What is wrong with the tensor, apart from the bytes of its storage; nil if nothing is.
  ///
  /// Every element must lie in the storage, and a tensor may not show more of them than the storage
  /// has, so that its size is bounded by the file's.
  var fault: String? {
    guard storage.count >= 0, offset >= 0, shape.count == strides.count,
      shape.count <= Self.highestRank, shape.allSatisfy({ $0 >= 0 }),
      strides.allSatisfy({ $0 >= 0 })
    else {
      return "its offset \(offset), shape \(shape.shapeText) and strides \(strides.shapeText) are"
        + " not those of a tensor"
    }
    guard let count, count <= storage.count, let last, last < storage.count else {
      return "its shape \(shape.shapeText) with strides \(strides.shapeText) from element \(offset)"
        + " on reaches beyond its storage of \(storage.count) elements"
    }
    return nil
  }

  /// The number of elements; nil if it cannot be counted.
  var count: Int? {
    var count = 1
    for side in shape {
      let product = count.multipliedReportingOverflow(by: side)
      if product.overflow { return nil }
      count = product.partialValue
    }
    return count
  }

  /// The place of the last element in the storage, or −1 for a tensor without any; nil if it cannot
  /// be counted.
  private var last: Int? {
    if shape.contains(0) { return -1 }
    var place = offset
    for (side, step) in zip(shape, strides) {
      let reach = (side - 1).multipliedReportingOverflow(by: step)
      let sum = place.addingReportingOverflow(reach.partialValue)
      if reach.overflow || sum.overflow { return nil }
      place = sum.partialValue
    }
    return place
  }

  /// The elements, row after row, of a tensor without ``fault``; nil if they are no numbers with a
  /// fraction.
  ///
  /// - Parameter bytes: the storage, of as many bytes as its elements need.
  func floats(from bytes: [UInt8]) -> [Float]? {
    switch storage.type {
    case .f32: gathered(bytes) { (value: UInt32) in Float(bitPattern: value) }
    case .f64: gathered(bytes) { (value: UInt64) in Float(Double(bitPattern: value)) }
    case .f16: gathered(bytes) { (value: UInt16) in Float(Float16(bitPattern: value)) }
    case .bf16: gathered(bytes) { (value: UInt16) in Float(bitPattern: UInt32(value) << 16) }
    default: nil
    }
  }

  private func gathered<Bits: FixedWidthInteger>(
    _ bytes: [UInt8], _ convert: (Bits) -> Float
  ) -> [Float] {
    let size = MemoryLayout<Bits>.size
    guard let count, count > 0 else { return [] }
    precondition(bytes.count == storage.count * size, "the storage has its stated length")
    return bytes.withUnsafeBytes { raw in
      var index = [Int](repeating: 0, count: shape.count)
      var place = offset
      var result: [Float] = []
      result.reserveCapacity(count)
      for _ in 0..<count {
        result.append(
          convert(
            Bits(littleEndian: raw.loadUnaligned(fromByteOffset: place * size, as: Bits.self))))
        // The next index, as an odometer counts; the place after the last may overflow.
        var axis = shape.count - 1
        while axis >= 0 {
          index[axis] += 1
          place &+= strides[axis]
          if index[axis] < shape[axis] { break }
          place &-= strides[axis] &* shape[axis]
          index[axis] = 0
          axis -= 1
        }
      }
      return result
    }
  }
}
