import KSRModel
import Testing

@Suite("Model files: what is wrong with their tensors")
struct ModelFileErrorTests {
  private func refusal(
    replacing name: String, shape: [Int]? = nil, _ elements: SafetensorsTensor.Elements
  ) throws -> CheckpointError {
    var contents = try modelContents()
    let place = try #require(contents.tensors.firstIndex { $0.name == name })
    contents.tensors[place] = SafetensorsTensor(name, shape: shape ?? [elements.count], elements)
    return try modelRefusal(contents)
  }

  @Test("The example that is spoiled here is good")
  func good() throws {
    let bytes = try modelContents().serialized(file: "m")
    #expect(throws: Never.self) { try TrainedModel(try SafetensorsFile(bytes: bytes, file: "m")) }
  }

  @Test("Missing, unexpected and mismatched tensors are named together")
  func together() throws {
    var contents = try modelContents()
    contents.tensors.removeAll {
      ["dense.bias", "fact.tails", "relation_Matrix", "tail.vectors"].contains($0.name)
    }
    contents.tensors += [
      SafetensorsTensor("dense.bais", shape: [2], .floats([0, 0])),
      SafetensorsTensor("relation_Matrix", shape: [2, 2], .int32s([0, 0, 0, 0])),
      SafetensorsTensor("tail.vectors", shape: [8, 3], .floats(Array(repeating: 0, count: 24))),
    ]
    let error = try modelRefusal(contents)
    #expect(error.reason == .contents)
    #expect(
      error.description
        == "m: its tensors are not those of its settings; missing: dense.bias; fact.tails;"
        + " unexpected: \"dense.bais\"; mismatched: relation_Matrix is I32 [2, 2], expected"
        + " F32 [2, 2]; tail.vectors is F32 [8, 3], expected F32 [8, 2].")
  }

  @Test("Each tensor but the tails' vectors is needed, with its type and shape")
  func everyTensor() throws {
    let good = try modelContents()
    for (place, tensor) in good.tensors.enumerated() {
      var without = good
      without.tensors.remove(at: place)
      if tensor.name == "tail.vectors" {
        let file = try SafetensorsFile(bytes: try without.serialized(file: "m"), file: "m")
        #expect(try TrainedModel(file).tails.vectors == nil)
      } else {
        #expect(try modelRefusal(without).detail.contains("missing: \(tensor.name)"))
      }
      var deeper = good
      deeper.tensors[place] = SafetensorsTensor(
        tensor.name, shape: tensor.shape + [1], tensor.elements)
      #expect(try modelRefusal(deeper).detail.contains("\(tensor.name) is "))
      var retyped = good
      retyped.tensors[place] = SafetensorsTensor(
        tensor.name, shape: tensor.shape,
        tensor.elements.type == .f32
          ? .int32s(Array(repeating: 0, count: tensor.elements.count))
          : .floats(Array(repeating: 0, count: tensor.elements.count)))
      #expect(try modelRefusal(retyped).detail.contains("\(tensor.name) is "))
    }
  }

  @Test("Parameters that are infinite or not a number are counted")
  func notFinite() throws {
    let bias = try refusal(replacing: "dense.bias", .floats([.nan, -.infinity]))
    #expect(bias.reason == .elementValue && bias.tensor == "dense.bias")
    #expect(bias.detail.contains("2 of 2 elements"))
    var vectors = Array(repeating: Float(0), count: 16)
    vectors[3] = .infinity
    let tails = try refusal(replacing: "tail.vectors", shape: [8, 2], .floats(vectors))
    #expect(tails.tensor == "tail.vectors" && tails.detail.contains("1 of 16 elements"))
  }

  @Test(
    "Offsets of text start at 0, never go back and end with the text",
    arguments: [
      ([1, 2, 2], "start at 1, expected 0"), ([-1, 2, 2], "start at -1"),
      ([0, 3, 2], "place 2 is 2, expected at least 3"), ([0, .min, 2], "place 1 is"),
      ([0, 1, 1], "end at 1, expected 2"), ([0, 1, 3], "end at 3, expected 2"),
      ([0, .max, .max], "end at 9223372036854775807"),
    ] as [([Int64], String)])
  func textOffsets(offsets: [Int64], expected: String) throws {
    var contents = try modelContents()
    contents.tensors.removeAll { $0.name.hasPrefix("relation.name.") }
    contents.tensors += [
      SafetensorsTensor("relation.name.bytes", shape: [2], .bytes([65, 66])),
      SafetensorsTensor("relation.name.offsets", shape: [3], .int64s(offsets)),
    ]
    let error = try modelRefusal(contents)
    #expect(error.reason == .elementValue && error.tensor == "relation.name.offsets")
    #expect(error.detail.contains(expected), "\(error)")
  }

  @Test("Offsets without even the first are refused")
  func noOffsets() throws {
    let error = try refusal(replacing: "split.held_out_users.offsets", .int64s([]))
    #expect(error.tensor == "split.held_out_users.offsets")
    let items = try refusal(replacing: "item.token.offsets", .int64s([]))
    #expect(items.reason == .contents || items.reason == .elementValue)
  }

  @Test("Text is UTF-8 as a whole and in each part")
  func utf8() throws {
    var contents = try modelContents()
    func spoil(_ bytes: [UInt8], _ offsets: [Int64]) throws -> CheckpointError {
      contents.tensors.removeAll { $0.name.hasPrefix("relation.token.") }
      contents.tensors += [
        SafetensorsTensor("relation.token.bytes", shape: [bytes.count], .bytes(bytes)),
        SafetensorsTensor("relation.token.offsets", shape: [3], .int64s(offsets)),
      ]
      return try modelRefusal(contents)
    }
    #expect(try spoil([65, 0xff], [0, 1, 2]).detail.contains("not valid UTF-8"))
    #expect(try spoil([65, 0xc3], [0, 1, 2]).tensor == "relation.token.bytes")
    let split = try spoil([0xc3, 0xa9], [0, 1, 2])
    #expect(split.tensor == "relation.token.offsets")
    #expect(split.detail.contains("inside a character"))
    #expect(try spoil([65, 65], [0, 1, 2]).detail.contains("\"A\" comes again at place 1"))
    #expect(try spoil([], [0, 0, 0]).detail.contains("comes again at place 1"))
  }

  @Test("Facts lie within their offsets and name tails that exist")
  func facts() throws {
    let good = try modelContents()
    let place = try #require(good.tensors.firstIndex { $0.name == "fact.tails" })
    guard case .int32s(let facts) = good.tensors[place].elements else {
      Issue.record("facts are not I32")
      return
    }
    for wrong in [-1, 8, .min, .max] as [Int32] {
      var spoiled = facts
      spoiled[facts.count - 1] = wrong
      let error = try refusal(replacing: "fact.tails", .int32s(spoiled))
      #expect(error.tensor == "fact.tails")
      #expect(error.detail.contains("place \(facts.count - 1) is \(wrong), expected 0 to below 8"))
    }
    let short = try refusal(replacing: "fact.tails", .int32s(Array(facts.dropLast())))
    #expect(short.tensor == "fact.offsets" && short.detail.contains("end at \(facts.count)"))
    let count = 5 * 2 + 1
    let offsets = (0..<count).map { Int32($0 == 3 ? 100 : $0 == count - 1 ? facts.count : 0) }
    let back = try refusal(replacing: "fact.offsets", .int32s(offsets))
    #expect(back.detail.contains("place 4 is 0, expected at least 100"))
  }

  @Test("A memory needs a relation, and every model its padding item")
  func counts() throws {
    func with(_ empty: [SafetensorsTensor]) throws -> SafetensorsContents {
      var contents = try modelContents(ExampleModel(hasTailVectors: false, hasTails: false))
      let names = Set(empty.map(\.name))
      contents.tensors.removeAll { names.contains($0.name) }
      contents.tensors += empty
      return contents
    }
    func emptyText(_ name: String) -> [SafetensorsTensor] {
      [
        SafetensorsTensor(name + ".bytes", shape: [0], .bytes([])),
        SafetensorsTensor(name + ".offsets", shape: [1], .int64s([0])),
      ]
    }
    let noFacts = SafetensorsTensor("fact.offsets", shape: [1], .int32s([0]))
    var noRelations = try with(
      emptyText("relation.token") + emptyText("relation.name") + [
        noFacts, SafetensorsTensor("relation_Matrix", shape: [0, 2], .floats([])),
      ])
    #expect(try modelRefusal(noRelations).detail.contains("no relations"))
    noRelations.metadata["ksr.memory"] = "none"
    let bytes = try noRelations.serialized(file: "m")
    let model = try TrainedModel(try SafetensorsFile(bytes: bytes, file: "m"))
    #expect(model.relations.count == 0 && model.settings.memory == .none)
    noRelations.metadata["ksr.pad_relation"] = "true"
    #expect(try modelRefusal(noRelations).detail.contains("no relations"))
    let noItems = try with(
      emptyText("item.token") + emptyText("item.name") + [
        noFacts, SafetensorsTensor("item_embedding.weight", shape: [0, 3], .floats([])),
        SafetensorsTensor("entity_embedding.weight", shape: [0, 2], .floats([])),
      ])
    #expect(try modelRefusal(noItems).detail.contains("no items"))
  }

  @Test("The shapes asked for are those of the parameters", arguments: ModelFileTests.examples)
  func shapes(example: ExampleModel) throws {
    // Every side of every parameter is spoiled in turn; only a reader that knows them all objects.
    let model = example.make()
    let good = try modelContents(example)
    for entry in model.parameters.entries where !entry.shape.contains(0) {
      let place = try #require(good.tensors.firstIndex { $0.name == entry.name })
      for side in entry.shape.indices {
        var shape = entry.shape
        shape[side] += 1
        var spoiled = good
        spoiled.tensors[place] = SafetensorsTensor(
          entry.name, shape: shape, .floats(Array(repeating: 0, count: shape.reduce(1, *))))
        let error = try modelRefusal(spoiled)
        #expect(
          error.detail.contains(
            "\(entry.name) is F32 \(shape), expected F32 \(entry.shape)"))
      }
    }
  }
}
