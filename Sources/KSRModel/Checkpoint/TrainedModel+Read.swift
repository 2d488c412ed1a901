import AtomicFiles
import KSRNumerics

extension TrainedModel {
  /// Reads a model file.
  ///
  /// - Parameter refusesNonFinite: whether infinities and NaN are an error, as they must be wherever
  ///   the model is run; what says what is wrong with a model wants to see them.
  public static func read(
    path: String, refusesNonFinite: Bool = true
  ) throws(CheckpointError) -> TrainedModel {
    try TrainedModel(try SafetensorsFile(path: path), refusesNonFinite: refusesNonFinite)
  }

  /// The model that a file of tensors holds.
  ///
  /// - Throws: ``CheckpointError`` naming together all tensors that are missing, unexpected or of
  ///   another type or shape than the settings ask for; or the first tensor with a wrong element.
  package init(
    _ file: SafetensorsFile, refusesNonFinite: Bool = true
  ) throws(CheckpointError) {
    var (settings, provenance) = try ModelFile.metadata(of: file)
    try Self.checkTensors(of: file, settings)
    let items = try file.vocabulary(ModelFile.Text.itemTokens)
    let relations = try file.vocabulary(ModelFile.Text.relationTokens)
    try Self.checkCounts(of: file, settings, items: items.count, relations: relations.count)
    provenance.split.heldOutUsers = try file.strings(ModelFile.Text.heldOutUsers)
    self.init(
      settings: settings,
      parameters: try Self.parameters(
        in: file, settings, items: items.count, relations: relations.count,
        refusesNonFinite: refusesNonFinite),
      items: items, itemNames: try file.strings(ModelFile.Text.itemNames),
      relations: relations, relationNames: try file.strings(ModelFile.Text.relationNames),
      tails: try Self.tails(
        in: file, relations: relations.count, refusesNonFinite: refusesNonFinite),
      provenance: provenance)
  }

  /// Compares all names, types and shapes with those the settings ask for.
  private static func checkTensors(
    of file: SafetensorsFile, _ settings: KSRSettings
  ) throws(CheckpointError) {
    // The counts are what the tokens say; the other tensors must agree with them.
    func count(_ text: String) -> Int? {
      guard let shape = file.layout(ModelFile.offsets(text))?.shape, shape.count == 1,
        let side = shape.first, side > 0
      else { return nil }
      return side - 1
    }
    let expected = ModelFile.tensors(
      settings, items: count(ModelFile.Text.itemTokens),
      relations: count(ModelFile.Text.relationTokens), tails: count(ModelFile.Text.tailTokens))
    let problems = ModelFile.problems(expected: expected, names: file.names) { tensor in
      guard let layout = file.layout(tensor.name) else { return .nothing }
      return tensor.matches(layout)
        ? .fitting : .other("\(layout.type.rawValue) \(layout.shape.shapeText)")
    }
    if let problems {
      throw CheckpointError(
        .contents, file: file.file, "its tensors are not those of its settings; " + problems)
    }
  }

  /// A model has its padding item, and the relations that its settings speak of.
  private static func checkCounts(
    of file: SafetensorsFile, _ settings: KSRSettings, items: Int, relations: Int
  ) throws(CheckpointError) {
    guard items > 0 else {
      throw CheckpointError(
        .contents, file: file.file, "it has no items, expected at least the padding item")
    }
    guard relations > 0 || (settings.memory == .none && !settings.hasPadRelation) else {
      throw CheckpointError(
        .contents, file: file.file, "it has no relations, expected at least one for its memory")
    }
  }

  private static func parameters(
    in file: SafetensorsFile, _ settings: KSRSettings, items: Int, relations: Int,
    refusesNonFinite: Bool
  ) throws(CheckpointError) -> KSRParameters {
    // The large tables are made from the file alone, not from zeros first.
    var result = KSRParameters(settings: settings, itemCount: 0, relationCount: 0)
    let names = result.entries.map { (name: $0.name, path: $0.path) }
    for (name, path) in names {
      let values = try file.floats(name)
      if refusesNonFinite { try checkFinite(values, tensor: name, file: file.file) }
      let shape = try file.shape(name)
      switch name {
      case "item_embedding.weight":
        result.itemEmbedding = Matrix(rows: items, columns: shape[1], values: values)
      case "entity_embedding.weight":
        result.entityEmbedding = Matrix(rows: items, columns: shape[1], values: values)
      case "relation_Matrix":
        result.relationMatrix = Matrix(rows: relations, columns: shape[1], values: values)
      default: result[keyPath: path] = values
      }
    }
    return result
  }

  private static func tails(
    in file: SafetensorsFile, relations: Int, refusesNonFinite: Bool
  ) throws(CheckpointError) -> KnownTails {
    let tokens = try file.vocabulary(ModelFile.Text.tailTokens)
    var vectors: Matrix?
    if let layout = file.layout(ModelFile.tailVectors) {
      let values = try file.floats(ModelFile.tailVectors)
      if refusesNonFinite {
        try checkFinite(values, tensor: ModelFile.tailVectors, file: file.file)
      }
      vectors = Matrix(rows: tokens.count, columns: layout.shape[1], values: values)
    }
    let facts = try file.int32s(ModelFile.factTails)
    let offsets = try file.int32s(ModelFile.factOffsets)
    try file.checkOffsets(offsets, count: facts.count, tensor: ModelFile.factOffsets)
    if let wrong = facts.firstIndex(where: { $0 < 0 || $0 >= tokens.count }) {
      throw CheckpointError(
        .elementValue, file: file.file, tensor: ModelFile.factTails,
        "the tail at place \(wrong) is \(facts[wrong]), expected 0 to below \(tokens.count)")
    }
    return KnownTails(
      tokens: tokens, names: try file.strings(ModelFile.Text.tailNames), vectors: vectors,
      relationCount: relations, offsets: offsets, facts: facts)
  }
}
