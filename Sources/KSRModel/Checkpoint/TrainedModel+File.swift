import AtomicFiles
import KSRNumerics
import Synchronization

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
      items: items, itemNames: try file.names(ModelFile.Text.itemNames),
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
      func table(_ rows: Int) throws(CheckpointError) -> Matrix {
        try file.matrix(
          name, rows: rows, columns: try file.shape(name)[1], refusesNonFinite: refusesNonFinite)
      }
      switch name {
      case "item_embedding.weight": result.itemEmbedding = try table(items)
      case "entity_embedding.weight": result.entityEmbedding = try table(items)
      case "relation_Matrix": result.relationMatrix = try table(relations)
      default:
        let values = try file.floats(name)
        if refusesNonFinite { try checkFinite(values, tensor: name, file: file.file) }
        result[keyPath: path] = values
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
      vectors = try file.matrix(
        ModelFile.tailVectors, rows: tokens.count, columns: layout.shape[1],
        refusesNonFinite: refusesNonFinite)
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

extension TrainedModel {
  /// Writes the model as one safetensors file, complete or not at all.
  public func write(to path: String) throws(CheckpointError) {
    try contents(file: path).write(to: path)
  }

  /// The bytes of the model's file, the same for equal models; see ``contents(file:)``.
  package func serialized(file: String) throws(CheckpointError) -> [UInt8] {
    try contents(file: file).serialized(file: file)
  }

  /// - Parameter file: what errors call it.
  /// - Throws: if a parameter is infinite or not a number, as after a training that diverged; such
  ///   a file could not be read again.
  private func contents(file: String) throws(CheckpointError) -> SafetensorsContents {
    var tensors = parameters.entries.map {
      SafetensorsTensor($0.name, shape: $0.shape, .floats(parameters[keyPath: $0.path]))
    }
    if let vectors = tails.vectors {
      tensors.append(
        SafetensorsTensor(
          ModelFile.tailVectors, shape: [vectors.rows, vectors.columns], .floats(vectors.values)))
    }
    for tensor in tensors {
      if case .floats(let values) = tensor.elements {
        try checkFinite(values, tensor: tensor.name, file: file)
      }
    }
    tensors += text(ModelFile.Text.itemTokens, items)
    tensors += text(ModelFile.Text.itemNames, itemNames)
    tensors += text(ModelFile.Text.relationTokens, relations)
    tensors += text(ModelFile.Text.relationNames, relationNames)
    tensors += text(ModelFile.Text.tailTokens, tails.tokens)
    tensors += text(ModelFile.Text.tailNames, tails.names)
    tensors += text(ModelFile.Text.heldOutUsers, provenance.split.heldOutUsers)
    tensors += [
      SafetensorsTensor(
        ModelFile.factOffsets, shape: [tails.offsets.count], .int32s(tails.offsets)),
      SafetensorsTensor(ModelFile.factTails, shape: [tails.facts.count], .int32s(tails.facts)),
    ]
    return SafetensorsContents(metadata: metadata, tensors: tensors)
  }

  private var metadata: [String: String] {
    var result = [
      ModelFile.Key.version: ModelFile.version,
      ModelFile.Key.dataName: provenance.dataName,
      ModelFile.Key.leaveOut: provenance.split.leaveOut.rawValue,
      ModelFile.Key.trainingDigest: provenance.trainingDigest,
    ]
    if !provenance.recoveries.isEmpty {
      result[ModelFile.Key.recoveries] =
        provenance.recoveries.map { "\($0)" }.joined(separator: ",")
    }
    if let ratios = provenance.split.ratios {
      result[ModelFile.Key.ratios] = ratios.parts.map { "\($0)" }.joined(separator: ",")
      result[ModelFile.Key.groupBy] = ratios.isByUser ? "user" : "none"
    }
    for (key, value) in settings.keyValues { result[ModelFile.Prefix.settings + key] = value }
    for (key, value) in provenance.training { result[ModelFile.Prefix.training + key] = value }
    // A Double's description is the shortest that reads back as the same number.
    for (key, value) in provenance.metrics { result[ModelFile.Prefix.metric + key] = "\(value)" }
    return result
  }

  private func text(_ name: String, _ vocabulary: Vocabulary) -> [SafetensorsTensor] {
    text(name, bytes: vocabulary.bytes, offsets: vocabulary.offsets.map(Int64.init))
  }

  private func text(_ name: String, _ strings: some Sequence<String>) -> [SafetensorsTensor] {
    let names = NameList(strings)
    return text(name, bytes: names.bytes, offsets: names.offsets.map(Int64.init))
  }

  private func text(_ name: String, bytes: [UInt8], offsets: [Int64]) -> [SafetensorsTensor] {
    [
      SafetensorsTensor(ModelFile.bytes(name), shape: [bytes.count], .bytes(bytes)),
      SafetensorsTensor(ModelFile.offsets(name), shape: [offsets.count], .int64s(offsets)),
    ]
  }
}

/// Refuses numbers that no model can work with.
func checkFinite(_ values: [Float], tensor: String, file: String) throws(CheckpointError) {
  try checkFinite(tensor: tensor, file: file, count: values.count) { start, count in
    values.withUnsafeBufferPointer { nonFiniteCount($0[start..<start + count]) }
  }
}

/// The same of numbers that lie anywhere.
///
/// - Parameter wrong: how many of a stretch of them are infinite or not a number.
func checkFinite(
  tensor: String, file: String, count: Int,
  wrong: @Sendable (_ start: Int, _ length: Int) -> Int
) throws(CheckpointError) {
  let sum = Atomic(0)
  parallel(stretchesOf: count, threads: 2) { start, length in
    sum.add(wrong(start, length), ordering: .relaxed)
  }
  let found = sum.load(ordering: .relaxed)
  guard found == 0 else {
    throw CheckpointError(
      .elementValue, file: file, tensor: tensor,
      "\(found) of \(count) elements are infinite or not a number, expected none")
  }
}

func nonFiniteCount(_ values: Slice<UnsafeBufferPointer<Float>>) -> Int {
  var wrong: Int32 = 0
  for value in UnsafeBufferPointer(rebasing: values) where !value.isFinite { wrong &+= 1 }
  return Int(wrong)
}
