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

  /// Completes settings with what the shapes tell, and checks that all tensors are those of a KSR
  /// network of RecBole.
  ///
  /// - Parameter others: the settings that no shape tells: gamma, the loss, the window and so on.
  package func settings(completing others: KSRSettings) throws(CheckpointError) -> KSRSettings {
    func sides(_ name: String) throws(CheckpointError) -> (Int, Int) {
      guard let tensor = self[name] else {
        let found = tensors.prefix(6).map { quoted($0.name) }.joined(separator: ", ")
        throw CheckpointError(
          .contents, file: file, tensor: name,
          "there is no tensor of this name, so these are not the parameters of KSR; found "
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
    var expected = ModelFile.parameters(settings, items: items, relations: nil)
    for index in expected.indices where expected[index].name == "relation_Matrix" {
      expected[index].isOptional = true
    }
    let problems = ModelFile.problems(expected: expected, names: tensors.map(\.name)) { tensor in
      guard let found = self[tensor.name] else { return .nothing }
      return tensor.matches(shape: found.shape) ? .fitting : .other(found.shape.shapeText)
    }
    if let problems {
      throw CheckpointError(
        .contents, file: file, "its tensors are not those of RecBole's KSR; " + problems)
    }
  }

  /// The parameters with relation vectors of their own.
  ///
  /// - Parameter settings: from ``settings(completing:)``.
  package func parameters(
    _ settings: KSRSettings, relations: Matrix
  ) throws(CheckpointError) -> KSRParameters {
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
