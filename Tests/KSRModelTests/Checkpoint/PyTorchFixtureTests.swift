import AtomicFiles
import KSRModel
import TestSupport
import Testing

@Suite("PyTorch: RecBole's checkpoints")
struct PyTorchFixtureTests {
  /// Every tensor equals, bit for bit, what PyTorch itself wrote as safetensors.
  private func compare(_ folder: String) throws -> PyTorchCheckpoint {
    let checkpoint = try PyTorchCheckpoint(path: folder + "KSR-recbole-1.2.1.pth")
    let model = try SafetensorsFile(path: folder + "model.safetensors")
    #expect(
      Set(checkpoint.stateDict.tensors.map(\.name))
        == Set(model.names).subtracting(["relation_Matrix"]))
    for tensor in checkpoint.stateDict.tensors {
      #expect(tensor.values == (try model.floats(tensor.name)))
      #expect(tensor.shape == (try model.shape(tensor.name)))
    }
    return checkpoint
  }

  @Test("The tiny checkpoint")
  func tiny() throws {
    let checkpoint = try compare(TestEnvironment.fixture("recbole-tiny/recbole/"))
    #expect(checkpoint.epoch == 1)
    let settings = try checkpoint.stateDict.settings(completing: KSRSettings())
    #expect(settings.embeddingSize == 8 && settings.kgEmbeddingSize == 64)
    #expect(settings.hiddenSize == 10 && settings.layerCount == 1 && settings.hasPadRelation)
    let configuration = checkpoint.configuration
    #expect(configuration["gamma"] == .float(10))
    #expect(configuration["loss_type"] == .string("CE"))
    #expect(configuration["MAX_ITEM_LIST_LENGTH"] == .int(8))
    #expect(configuration["freeze_kg"] == .bool(false))
    #expect(
      configuration["preload_weight"]
        == .map(["ent_id": .string("ent_vec"), "rel_id": .string("rel_vec")]))
    // Classes of RecBole and PyTorch are left out.
    #expect(configuration["device"] == nil && configuration["MODEL_TYPE"] == nil)
  }

  @Test(
    "The checkpoint of ml-100k",
    .enabled(if: TestEnvironment.fixtures != nil, "KSR_FIXTURES is not set"))
  func movieLens() throws {
    let checkpoint = try compare(
      #require(TestEnvironment.fixtures) + "/recbole-ksr-ml-100k/")
    #expect(checkpoint.stateDict.itemCount == 1599 && checkpoint.epoch == 3)
  }

  @Test("Parameters that are not KSR's are listed together")
  func otherModel() throws {
    func refusal(_ tensors: [SafetensorsTensor]) throws -> CheckpointError {
      let bytes = try SafetensorsContents(tensors: tensors).serialized(file: "")
      let dict = try StateDict(SafetensorsFile(bytes: bytes, file: "other"))
      return try #require(throws: CheckpointError.self) {
        try dict.settings(completing: KSRSettings())
      }
    }
    func zeros(_ name: String, _ shape: [Int]) -> SafetensorsTensor {
      SafetensorsTensor(name, shape: shape, .floats(Array(repeating: 0, count: shape.reduce(1, *))))
    }
    #expect(try refusal([]).description.contains("found none"))
    #expect(try refusal([zeros("emb", [2, 2])]).description.contains("found \"emb\""))
    let items = zeros("item_embedding.weight", [5, 3])
    let dense = zeros("dense.weight", [2, 4])
    #expect(try refusal([items, dense]).detail.contains("0 layers"))
    #expect(try refusal([zeros("item_embedding.weight", [5]), dense]).detail.contains("it is [5]"))
    let error = try refusal([
      items, dense, zeros("gru_layers.weight_ih_l0", [12, 9]), zeros("other.weight", [1]),
      zeros("entity_embedding.weight", [5, 2]),
    ])
    #expect(
      error.detail.contains(
        "missing: gru_layers.weight_hh_l0; dense.bias; dense_layer_u.weight; dense_layer_u.bias;"))
    #expect(error.detail.contains("unexpected: \"other.weight\""))
    #expect(error.detail.contains("mismatched: gru_layers.weight_ih_l0 is [12, 9]"))
  }

  @Test("The state dict of a model's parameters is read back as they were")
  func export() throws {
    let model = ExampleModel(layers: 2, hasPadRelation: true).make()
    let bytes = try model.parameters.stateDict.serialized(file: "")
    let dict = try StateDict(SafetensorsFile(bytes: bytes, file: ""))
    let settings = try dict.settings(completing: model.settings)
    #expect(settings == model.settings)
    #expect(
      try dict.parameters(settings, relations: model.parameters.relationMatrix) == model.parameters)
  }
}
