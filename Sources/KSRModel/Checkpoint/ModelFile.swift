/// The form of a model file: the tensors it has beside the parameters, and the version of the form.
enum ModelFile {
  /// The version written, and the only one read.
  static let version = "1"

  /// The prefixes of metadata: settings of the network, of the training, the data, and results.
  enum Prefix {
    static let settings = "ksr."
    static let training = "training."
    static let data = "data."
    static let metric = "metric."
  }

  /// The metadata that is not under a name of its owner's choosing.
  enum Key {
    static let version = Prefix.settings + "format"
    static let dataName = Prefix.data + "name"
    static let leaveOut = Prefix.data + "leave_out"
    /// Shares of a split by ratio, and what is cut; only where there is such a split.
    static let ratios = Prefix.data + "ratios"
    static let groupBy = Prefix.data + "group_by"
    static let trainingDigest = Prefix.data + "training_digest"
  }

  /// Lists of text, each a tensor NAME.bytes (UTF-8) and a tensor NAME.offsets.
  enum Text {
    static let itemTokens = "item.token"
    static let itemNames = "item.name"
    static let relationTokens = "relation.token"
    static let relationNames = "relation.name"
    static let tailTokens = "tail.token"
    static let tailNames = "tail.name"
    static let heldOutUsers = "split.held_out_users"
  }

  static let tailVectors = "tail.vectors"
  static let factOffsets = "fact.offsets"
  static let factTails = "fact.tails"

  static func bytes(_ text: String) -> String { text + ".bytes" }
  static func offsets(_ text: String) -> String { text + ".offsets" }

  /// A tensor that a model file should have.
  struct Expected {
    let name: String
    let type: ElementType
    /// Sides that may have any length are nil.
    let shape: [Int?]
    var isOptional = false

    func matches(_ tensor: TensorLayout) -> Bool {
      tensor.type == type && matches(shape: tensor.shape)
    }

    func matches(shape found: [Int]) -> Bool {
      found.count == shape.count && zip(found, shape).allSatisfy { $1 == nil || $0 == $1 }
    }

    var description: String {
      type.rawValue + " [" + shape.map { $0.map(String.init) ?? "any" }.joined(separator: ", ")
        + "]"
    }
  }

  /// The shapes of the parameters under the settings, computed without making the parameters: the
  /// settings come from a file and may ask for more memory than there is.
  static func parameters(
    _ settings: KSRSettings, items: Int?, relations: Int?
  ) -> [Expected] {
    let (e, k, h) = (settings.embeddingSize, settings.kgEmbeddingSize, settings.hiddenSize)
    var shapes: [(String, [Int?])] = [
      ("item_embedding.weight", [items, e]),
      ("entity_embedding.weight", [items, k]),
    ]
    for layer in 0..<settings.layerCount {
      shapes.append(("gru_layers.weight_ih_l\(layer)", [3 * h, layer == 0 ? e : h]))
      shapes.append(("gru_layers.weight_hh_l\(layer)", [3 * h, h]))
    }
    shapes += [
      ("dense.weight", [k, h]), ("dense.bias", [k]),
      ("dense_layer_u.weight", [e, h + k]), ("dense_layer_u.bias", [e]),
      ("dense_layer_i.weight", [e, e + k]), ("dense_layer_i.bias", [e]),
      ("relation_Matrix", [relations, k]),
    ]
    return shapes.map { Expected(name: $0.0, type: .f32, shape: $0.1) }
  }

  /// All tensors of a model file.
  static func tensors(
    _ settings: KSRSettings, items: Int?, relations: Int?, tails: Int?
  ) -> [Expected] {
    func text(_ name: String, _ count: Int?) -> [Expected] {
      [
        Expected(name: bytes(name), type: .u8, shape: [nil]),
        Expected(name: offsets(name), type: .i64, shape: [count.map { $0 + 1 }]),
      ]
    }
    var places: Int?
    if let items, let relations {
      let product = items.multipliedReportingOverflow(by: relations)
      places = product.overflow ? Int.max : product.partialValue + 1
    }
    return parameters(settings, items: items, relations: relations)
      + text(Text.itemTokens, items) + text(Text.itemNames, items)
      + text(Text.relationTokens, relations) + text(Text.relationNames, relations)
      + text(Text.tailTokens, tails) + text(Text.tailNames, tails)
      + text(Text.heldOutUsers, nil) + [
        Expected(
          name: tailVectors, type: .f32, shape: [tails, settings.kgEmbeddingSize], isOptional: true),
        Expected(name: factOffsets, type: .i32, shape: [places]),
        Expected(name: factTails, type: .i32, shape: [nil]),
      ]
  }
}
