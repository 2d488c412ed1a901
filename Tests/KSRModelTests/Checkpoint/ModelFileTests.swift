import AtomicFiles
import Foundation
import KSRModel
import TestSupport
import Testing

@Suite("Model files")
struct ModelFileTests {
  static let examples: [ExampleModel] = {
    var result = [
      ExampleModel(memory: .none), ExampleModel(hasTailVectors: true, hasTails: false),
      ExampleModel(hasTailVectors: false, hasTails: false), ExampleModel(itemCount: 1),
      ExampleModel(itemCount: 300),
    ]
    for layers in 1...3 {
      for hasPadRelation in [false, true] {
        for hasTailVectors in [false, true] {
          result.append(
            ExampleModel(
              layers: layers, hasPadRelation: hasPadRelation, hasTailVectors: hasTailVectors))
        }
      }
    }
    return result
  }()

  @Test("A model that is written and read is the same model", arguments: examples)
  func roundTrip(example: ExampleModel) throws {
    let model = example.make()
    let bytes = try model.serialized(file: "m")
    let read = try TrainedModel(try SafetensorsFile(bytes: bytes, file: "m"))
    #expect(read.settings == model.settings)
    #expect(read.parameters == model.parameters)
    #expect(read.items == model.items && read.relations == model.relations)
    #expect(read.itemNames.map { Array($0.utf8) } == model.itemNames.map { Array($0.utf8) })
    #expect(read.relationNames == model.relationNames)
    #expect(read.tails == model.tails)
    #expect(read.provenance == model.provenance)
    for (name, value) in model.provenance.metrics {
      #expect(read.provenance.metrics[name]?.bitPattern == value.bitPattern)
    }
    #expect(read.items.id(of: "[PAD]") == 0)
    #expect(try read.serialized(file: "m") == bytes)
  }

  @Test("Every setting is kept")
  func settings() throws {
    for memory in MemoryKind.allCases {
      var model = ExampleModel(hasPadRelation: true, memory: memory).make()
      model.settings.dropoutProbability = 0.3
      model.settings.gamma = -1e-30
      model.settings.freezesKnowledgeGraph = false
      model.settings.loss = .bpr
      model.settings.maxItemListLength = 65536
      let bytes = try model.serialized(file: "m")
      let read = try TrainedModel(try SafetensorsFile(bytes: bytes, file: "m"))
      #expect(read.settings == model.settings)
    }
  }

  @Test("A file on disk is the serialised model")
  func onDisk() throws {
    let model = ExampleModel().make()
    try withTemporaryFolder { folder in
      let path = folder + "/cinema.safetensors"
      try model.write(to: path)
      #expect(try Array(Data(contentsOf: URL(fileURLWithPath: path))) == model.serialized(file: ""))
      #expect(try TrainedModel.read(path: path).parameters == model.parameters)
    }
  }

  @Test("The file has the reference implementation's names, types and shapes")
  func referenceNames() throws {
    let path = TestEnvironment.fixture("recbole-tiny/recbole/model.safetensors")
    let reference = try SafetensorsFile(path: path)
    let bytes = try ExampleModel().make().serialized(file: "m")
    let ours = try SafetensorsFile(bytes: bytes, file: "m")
    for tensor in reference.tensors {
      let found = try #require(ours.layout(tensor.name))
      #expect(found.type == tensor.type && found.shape.count == tensor.shape.count)
    }
  }

  @Test("The parameters of the reference implementation make a model file", arguments: 1...3)
  func referenceParameters(layers: Int) throws {
    let path = TestEnvironment.fixture("recbole-tiny/ksr-ce-layers\(layers).safetensors")
    let reference = try SafetensorsFile(path: path)
    var settings = KSRSettings()
    settings.embeddingSize = 6
    settings.kgEmbeddingSize = 5
    settings.hiddenSize = 7
    settings.layerCount = layers
    settings.hasPadRelation = true
    var parameters = KSRParameters(settings: settings, itemCount: 41, relationCount: 4)
    for entry in parameters.entries {
      #expect(try reference.shape("param." + entry.name) == entry.shape)
      parameters[keyPath: entry.path] = try reference.floats("param." + entry.name)
    }
    let model = TrainedModel(
      settings: settings, parameters: parameters, items: Vocabulary((0..<41).map(String.init)),
      itemNames: NameList(Array(repeating: "", count: 41)),
      relations: Vocabulary(["[PAD]", "a", "b", "c"]),
      relationNames: ["", "", "", ""], tails: KnownTails(itemCount: 41, relationCount: 4),
      provenance: Provenance())
    let bytes = try model.serialized(file: "m")
    let read = try TrainedModel(try SafetensorsFile(bytes: bytes, file: "m"))
    #expect(read.parameters == parameters)
  }

  @Test(
    "Infinite parameters are not written, and an older file stays",
    arguments: [Float.nan, .infinity])
  func divergedTraining(value: Float) throws {
    var model = ExampleModel().make()
    try withTemporaryFolder { folder in
      let path = folder + "/m.safetensors"
      try model.write(to: path)
      model.parameters.dense.bias[1] = value
      let error = try #require(throws: CheckpointError.self) { try model.write(to: path) }
      #expect(error.reason == .elementValue && error.tensor == "dense.bias")
      #expect(error.detail.contains("1 of 2 elements"))
      #expect(throws: Never.self) { try TrainedModel.read(path: path) }
    }
  }
}
