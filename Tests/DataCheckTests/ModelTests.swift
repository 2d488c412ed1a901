import AtomicFiles
import DataCheck
import KSRModel
import ModelTestSupport
import Testing
import Workspace

/// What is wrong with a model of the clean folder.
@Suite struct ModelTests {
  private static func folder() -> Folder { Folder.with { $0.addVectors(width: 5) } }

  /// An untrained model whose words and facts are the folder's.
  private static func model(_ folder: Folder = Self.folder()) throws -> TrainedModel {
    try folder.written { path in
      let data = try Dataset.read(path)
      let memory = try MemoryContents(
        data, choosing: .item, entities: FeatureVectors(path.file("ent_feature")),
        relations: FeatureVectors(path.file("rel_feature")))
      var random = RandomNetwork()
      random.itemCount = data.items.count
      random.relationCount = memory.relations.count
      random.settings.gamma = 1
      var model = random.model()
      model.items = data.items
      model.itemNames = NameList(data.itemNames)
      model.relations = memory.relations
      model.relationNames = memory.relationNames
      model.tails = memory.tails
      model.provenance.dataName = "films"
      model.provenance.trainingDigest = data.trainingDigest
      return model
    }
  }

  private func report(
    folder: Folder = Self.folder(), _ change: (inout TrainedModel) -> Void
  ) throws -> DataReport {
    var model = try Self.model()
    change(&model)
    return try folder.report(model)
  }

  @Test func soundModelHasNoFindings() throws {
    #expect(try report { _ in }.findings == [])
  }

  @Test(arguments: [Float.nan, .infinity])
  func notFinite(value: Float) throws {
    let report = try report { model in
      model.parameters.itemEmbedding[3, 2] = value
      model.parameters.dense.bias[1] = value
    }
    #expect(report.kinds == [.notFinite])
    #expect(report.findings[0].count == 2 && report.findings[0].severity == .severe)
    #expect(report.findings[0].examples[0].hasPrefix("item_embedding.weight: 1 of "))
    #expect(report.findings[0].examples[0].hasSuffix("row 3 (\(Folder.title(6)))"))
    #expect(report.findings[0].examples[1] == "dense.bias: 1 of 5, first in row 1")
  }

  /// Files with such numbers are read by the check alone.
  @Test func notFiniteInAFile() throws {
    var model = try Self.model()
    // Such a model is not written either: the damage is done to the bytes.
    let numbers: [(Float, Float)] = [(123_456.79, .nan), (98_765.43, .infinity)]
    model.parameters.relationMatrix[1, 0] = numbers[0].0
    model.tails.vectors?[2, 1] = numbers[1].0
    var bytes = try model.serialized(file: "m")
    func pattern(_ number: Float) -> [UInt8] {
      withUnsafeBytes(of: number.bitPattern.littleEndian) { Array($0) }
    }
    for (own, wrong) in numbers {
      let place = try #require(bytes.firstRange(of: pattern(own)))
      bytes.replaceSubrange(place, with: pattern(wrong))
    }
    let file = try SafetensorsFile(bytes: bytes, file: "m")
    #expect(throws: CheckpointError.self) { try TrainedModel(file) }
    let found = try Self.folder().report(TrainedModel(file, refusesNonFinite: false))
    #expect(found.kinds == [.notFinite] && found.findings[0].count == 2)
    #expect(found.findings[0].examples.contains { $0.hasPrefix("vectors of known tails: 1 of ") })
  }

  @Test(arguments: [Float(0), 0.5])
  func deadRows(value: Float) throws {
    let report = try report { model in
      for k in 0..<model.parameters.itemEmbedding.columns {
        model.parameters.itemEmbedding[3, k] = value
      }
      for k in 0..<model.parameters.entityEmbedding.columns {
        model.parameters.entityEmbedding[4, k] = value
      }
    }
    #expect(report.kinds == [.deadRows, .deadRows])
    #expect(report.findings.allSatisfy { $0.count == 1 })
  }

  @Test func unknownItems() throws {
    let report = try report { model in
      model.items = Vocabulary(model.items.tokens.map { $0 == "f7" ? "gone" : $0 })
      model.provenance.trainingDigest = ""
    }
    #expect(report.kinds == [.unknownItems])
    #expect(report.findings[0].examples[0].hasPrefix("\(Folder.title(7)) (1955), "))
  }

  @Test func itemsOfOtherData() throws {
    let report = try report { model in
      model.items = Vocabulary(model.items.tokens.map { $0 == "[PAD]" ? $0 : "x" + $0 })
    }
    #expect(report.kinds == [.otherItems])
    #expect(report.findings[0].severity == .severe)
  }

  @Test func otherTraining() throws {
    // The last two interactions of a user are not trained on; the first is.
    var folder = Self.folder()
    folder.change("inter") { if $0[0] == "u0", $0[2] == "40" { $0[2] = "41" } }
    #expect(try report(folder: folder) { _ in }.findings == [])
    folder.change("inter") { if $0[0] == "u0", $0[2] == "0" { $0[1] = "f59" } }
    #expect(try report(folder: folder) { _ in }.kinds == [.otherTraining])
  }

  @Test func otherFacts() throws {
    var folder = Self.folder()
    folder.change("kg") { if $0[0] == "e7", $0[1] == "director" { $0[2] = "d0" } }
    let report = try report(folder: folder) { _ in }
    #expect(report.kinds == [.otherFacts])
    #expect(report.findings[0].examples == ["\(Folder.title(7)) (1955), director"])
  }

  @Test func idleSlots() throws {
    let report = try report { model in
      for k in 0..<model.parameters.relationMatrix.columns {
        model.parameters.relationMatrix[0, k] = 0
        model.parameters.relationMatrix[2, k] = model.parameters.relationMatrix[1, k]
      }
    }
    #expect(report.kinds == [.idleSlots])
    #expect(
      report.findings[0].examples == [
        "genre: its key is zero, so no state can ask for it", "year: its key is that of director",
      ])
  }

  @Test func slotsWithoutAttention() throws {
    let report = try report { model in
      // The query is constant: it looks away from genre and evenly at the others.
      let keys = [[Float(-1), 0, 0, 0, 0], [1, 0, 0, 0, 0], [1, 1, 0, 0, 0]]
      model.parameters.relationMatrix.values = keys.flatMap { $0 }
      model.parameters.dense.weight.values = model.parameters.dense.weight.values.map { _ in 0 }
      model.parameters.dense.bias = [10, 0, 0, 0, 0]
    }
    #expect(report.kinds == [.idleSlots])
    #expect(report.findings[0].examples == ["genre: mean attention below .0001"])
  }

  @Test func collapsedAttention() throws {
    let report = try report { $0.settings.gamma = 200 }
    #expect(report.kinds == [.collapsedAttention])
    #expect(report.findings[0].measures["entropy"] ?? 1 < 0.3)
  }

  @Test func aModelWithoutMemoryHasNoSlots() throws {
    let report = try report { model in
      model.settings.memory = .none
      model.settings.gamma = 200
      model.parameters.relationMatrix.values[0] = 0
    }
    #expect(report.findings == [])
  }
}
