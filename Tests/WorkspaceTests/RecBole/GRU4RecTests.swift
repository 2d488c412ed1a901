import AtomicFiles
import Foundation
import KSRModel
import KSRNumerics
import ModelTestSupport
import Randomness
import TestSupport
import Testing
import Workspace

/// RecBole's GRU4Rec as it stands in its paper and program, in plain loops.
private struct PlainGRU4Rec {
  let (items, e, h, layers): (Int, Int, Int, Int)
  var tensors: [(name: String, shape: [Int], values: [Float])] = []

  init(items: Int, e: Int = 4, h: Int = 6, layers: Int = 1, seed: UInt64 = 7) {
    (self.items, self.e, self.h, self.layers) = (items, e, h, layers)
    var generator = SeededGenerator(seed: seed)
    var shapes = [("item_embedding.weight", [items, e])]
    for layer in 0..<layers {
      shapes.append(("gru_layers.weight_ih_l\(layer)", [3 * h, layer == 0 ? e : h]))
      shapes.append(("gru_layers.weight_hh_l\(layer)", [3 * h, h]))
    }
    shapes += [("dense.weight", [e, h]), ("dense.bias", [e])]
    tensors = shapes.map { name, shape in
      (name, shape, (0..<shape.reduce(1, *)).map { _ in generator.uniform(-1, 1) })
    }
  }

  private func values(_ name: String) -> [Float] {
    tensors.first { $0.name == name }?.values ?? []
  }

  private func product(_ matrix: [Float], _ x: [Float]) -> [Float] {
    (0..<matrix.count / x.count).map { row in
      x.indices.reduce(0) { $0 + matrix[row * x.count + $1] * x[$1] }
    }
  }

  /// `full_sort_predict` for one sequence of identifiers.
  func scores(_ sequence: [Int32]) -> [Float] {
    let table = values("item_embedding.weight")
    var states = [[Float]](repeating: [Float](repeating: 0, count: h), count: layers)
    func sigmoid(_ x: Float) -> Float { 1 / (1 + exp(-x)) }
    for item in sequence.map(Int.init) {
      var x = Array(table[item * e..<(item + 1) * e])
      for layer in 0..<layers {
        let input = product(values("gru_layers.weight_ih_l\(layer)"), x)
        let hidden = product(values("gru_layers.weight_hh_l\(layer)"), states[layer])
        x = (0..<h).map { k in
          let reset = sigmoid(input[k] + hidden[k])
          let update = sigmoid(input[h + k] + hidden[h + k])
          let new = tanh(input[2 * h + k] + reset * hidden[2 * h + k])
          return (1 - update) * new + update * states[layer][k]
        }
        states[layer] = x
      }
    }
    let p = zip(product(values("dense.weight"), states[layers - 1]), values("dense.bias"))
      .map { $0 + $1 }
    return product(table, p)
  }

  func file(_ more: [SafetensorsTensor] = [], without name: String = "") throws -> [UInt8] {
    let own = tensors.filter { $0.name != name }
      .map { SafetensorsTensor($0.name, shape: $0.shape, .floats($0.values)) }
    return try SafetensorsContents(metadata: ["format": "pt"], tensors: own + more)
      .serialized(file: "")
  }

  func stateDict(without name: String = "") throws -> StateDict {
    try StateDict(SafetensorsFile(bytes: file(without: name), file: "gru.safetensors"))
  }
}

/// RecBole's GRU4Rec under a KSR network without memory.
@Suite struct GRU4RecTests {
  /// Interactions alone, whose items RecBole numbers as they appear.
  private static let shop = [
    "inter": [
      "user_id:token item_id:token timestamp:float",
      "u1 b 30", "u2 a 5", "u1 a 10", "u1 d 20", "u2 c 5", "u3 e 1", "u2 b 4", "u1 c 10", "u3 d 2",
    ]
  ]

  @Test(arguments: [1, 2, 3]) func scoresAreThoseOfTheFormula(layers: Int) throws {
    let data = try DataFolder(Self.shop, name: "shop")
    let plain = PlainGRU4Rec(items: 6, layers: layers)
    var settings = Settings()
    for text in ["model=GRU4Rec", "loss_type=CE", "MAX_ITEM_LIST_LENGTH=3"] {
      try settings.merge(assignment: text)
    }
    let result = try RecBoleImport(plain.stateDict(), settings: settings, folder: data.folder)
    let model = result.model
    #expect(model.items.tokens == ["[PAD]", "b", "a", "d", "c", "e"])
    #expect(model.settings.memory == .none && model.settings.layerCount == layers)
    #expect(model.relations.count == 0 && model.tails.facts.isEmpty)
    let session = try data.session(model)
    for viewer in session.users {
      let states = HistoryStates(network: session.network, items: viewer.items)
      for step in 0..<viewer.count {
        let window = Array(viewer.items[max(0, step - 2)...step])
        #expect(relativeDifference(states.scores(at: step), plain.scores(window)) < 1e-5)
      }
    }
    // What is written is read again, and still has no graph.
    let saved = try TrainedModel(SafetensorsFile(bytes: model.serialized(file: ""), file: ""))
    #expect(saved.parameters == model.parameters && saved.tails == model.tails)
  }

  @Test func whatIsMissingIsSaid() throws {
    let data = try DataFolder(Self.shop, name: "shop")
    func refusal(_ dict: StateDict, _ texts: String...) throws -> String? {
      var settings = Settings()
      for text in texts { try settings.merge(assignment: text) }
      return sentence { try RecBoleImport(dict, settings: settings, folder: data.folder) }
    }
    let plain = PlainGRU4Rec(items: 6)
    #expect(
      try refusal(plain.stateDict(without: "dense.bias"))?.contains(
        "not those of RecBole's GRU4Rec; missing: dense.bias") == true)
    #expect(
      try refusal(PlainGRU4Rec(items: 9).stateDict())?.contains("it has 9 rows, but shop has 6")
        == true)
    #expect(
      try refusal(plain.stateDict(), "model=KSR")?.contains("expected GRU4Rec, whose tensors")
        == true)
    #expect(try refusal(plain.stateDict(), "model=SASRec")?.contains("KSR or GRU4Rec") == true)
    let bare = try RecBoleImport(plain.stateDict(), settings: Settings(), folder: data.folder)
    #expect(
      bare.notes.count == 2 && bare.notes[0].contains("loss_type CE, MAX_ITEM_LIST_LENGTH 50"))
    #expect(!bare.notes[0].contains("gamma"))
  }

  @Test func oneOfOursNeedsNoImport() throws {
    let data = try DataFolder(Self.shop, name: "shop")
    let plain = PlainGRU4Rec(items: 6)
    let model = try RecBoleImport(plain.stateDict(), settings: Settings(), folder: data.folder)
      .model
    let path = data.folder.file("safetensors")
    try model.write(to: path)
    let text = try #require(sentence { try RecBoleFile(path: path) })
    #expect(text.contains("is a model of ksr already") && text.contains("--data shop"))
    #expect(try OpenedModel(path: path, data: nil).notes.isEmpty)
    let folder = try #require(sentence { try OpenedModel(path: data.folder.path, data: nil) })
    #expect(folder.contains("found a folder") && folder.contains("--data"))
  }

  @Test func aCheckpointOpensAsItIsImported() throws {
    let folder = TestEnvironment.fixture("recbole-tiny/recbole/")
    let path = folder + "KSR-recbole-1.2.1.pth"
    // The data that it names lies beside it.
    let opened = try OpenedModel(path: path, data: nil)
    let named = try OpenedModel(path: path, data: folder + "tiny-ksr")
    #expect(opened.model.parameters == named.model.parameters && opened.isImported)
    let keeping = try #require(named.notes.last)
    #expect(
      keeping.hasSuffix(
        "ksr import \(path) --data \(folder)tiny-ksr --output \(folder)KSR-recbole-1.2.1.safetensors"
      ))
    let imported = try RecBoleFile(path: path).imported(
      with: AtomicFolder(path: folder + "tiny-ksr"))
    #expect(imported.model.parameters == opened.model.parameters)
    let copy = NSTemporaryDirectory() + "alone-\(UUID().uuidString).pth"
    try FileManager.default.copyItem(atPath: path, toPath: copy)
    defer { try? FileManager.default.removeItem(atPath: copy) }
    let alone = try #require(sentence { try OpenedModel(path: copy, data: nil) })
    #expect(alone.contains("trained on (tiny-ksr): --data DIR"))
  }
}
