import AtomicFiles
import KSRModel
import KSRNumerics
import Randomness
import Testing

/// A small model of random numbers and awkward words.
struct ExampleModel: Sendable, CustomTestStringConvertible {
  var layers = 1
  var hasPadRelation = false
  var hasTailVectors = true
  var hasTails = true
  var memory = MemoryKind.linear
  var itemCount = 5

  /// Names that a careless format would break.
  static let names = [
    "", "tab\there", "two\nlines", "七人の侍", "👩‍👩‍👧 e\u{301}", "\u{0}", "quote \" back \\", " ",
  ]

  var testDescription: String {
    "\(layers) layers, \(itemCount) items\(hasPadRelation ? ", [PAD]" : "")"
      + "\(hasTails ? "" : ", no tails")\(hasTailVectors ? ", vectors" : "") \(memory)"
  }

  func make(seed: UInt64 = 1) -> TrainedModel {
    var generator = SeededGenerator(seed: seed)
    var settings = KSRSettings()
    settings.embeddingSize = 3
    settings.kgEmbeddingSize = 2
    settings.hiddenSize = 4
    settings.layerCount = layers
    settings.hasPadRelation = hasPadRelation
    settings.memory = memory
    settings.repeatBias = memory != .linear
    settings.nullSlot = !hasPadRelation
    settings.dropoutProbability = 0.1
    settings.gamma = 1 / 3
    let relations = (hasPadRelation ? ["[PAD]"] : []) + ["film.film.directed_by", "genre"]
    var parameters = KSRParameters(
      settings: settings, itemCount: itemCount, relationCount: relations.count)
    for entry in parameters.entries {
      for i in parameters[keyPath: entry.path].indices {
        parameters[keyPath: entry.path][i] = generator.uniform(-1, 1)
      }
    }
    return TrainedModel(
      settings: settings, parameters: parameters,
      items: Vocabulary((0..<itemCount).map { $0 == 0 ? "[PAD]" : "item \($0)é" }),
      itemNames: NameList((0..<itemCount).map { Self.names[$0 % Self.names.count] }),
      relations: Vocabulary(relations), relationNames: relations.map { $0 + "\t!" },
      tails: tails(relations: relations.count, &generator), provenance: provenance)
  }

  private func tails(relations: Int, _ generator: inout SeededGenerator) -> KnownTails {
    guard hasTails else {
      var none = KnownTails(itemCount: itemCount, relationCount: relations)
      if hasTailVectors { none.vectors = Matrix(rows: 0, columns: 2) }
      return none
    }
    var offsets: [Int32] = [0]
    var facts: [Int32] = []
    for _ in 0..<itemCount * relations {
      for _ in 0..<generator.integer(below: 4) { facts.append(Int32(generator.integer(below: 8))) }
      offsets.append(Int32(facts.count))
    }
    let vectors = Matrix(rows: 8, columns: 2, values: (0..<16).map { Float($0) / 7 })
    return KnownTails(
      tokens: Vocabulary(Self.names), names: Self.names.reversed(),
      vectors: hasTailVectors ? vectors : nil, relationCount: relations, offsets: offsets,
      facts: facts)
  }

  private var provenance: Provenance {
    var result = Provenance()
    result.dataName = "cinéma \"1\""
    result.split.leaveOut = .validOnly
    result.split.heldOutUsers = ["*0", "a,b", "", "nl\n"]
    result.trainingDigest = "0123abc"
    result.training = ["learning_rate": "0.001", "": "empty key", "\u{301}x": "ksr."]
    result.metrics = [
      "valid NDCG@10": 0.1 + 0.2, "test MRR@10": 1 / 3, "tiny": .leastNonzeroMagnitude,
      "large": -1e300,
      "zero": -0.0,
    ]
    return result
  }
}

/// The contents of a good model file, to be spoiled.
func modelContents(_ example: ExampleModel = ExampleModel()) throws -> SafetensorsContents {
  let bytes = try example.make().serialized(file: "m")
  let file = try SafetensorsFile(bytes: bytes, file: "m")
  return SafetensorsContents(
    metadata: file.metadata,
    tensors: try file.tensors.map { tensor in
      let elements: SafetensorsTensor.Elements =
        switch tensor.type {
        case .f32: .floats(try file.floats(tensor.name))
        case .i32: .int32s(try file.int32s(tensor.name))
        case .i64: .int64s(try file.integers(tensor.name).map(Int64.init))
        default: .bytes(try file.bytes(tensor.name))
        }
      return SafetensorsTensor(tensor.name, shape: tensor.shape, elements)
    })
}

/// The error that reading the contents as a model gives; fails the test if it gives none.
func modelRefusal(_ contents: SafetensorsContents) throws -> CheckpointError {
  let file = try SafetensorsFile(bytes: try contents.serialized(file: "m"), file: "m")
  let error = try #require(throws: CheckpointError.self) { try TrainedModel(file) }
  #expect(isPrintable(error))
  return error
}
