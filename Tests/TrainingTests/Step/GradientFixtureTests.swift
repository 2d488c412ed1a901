import KSRModel
import ModelTestSupport
import TestSupport
import Testing

@testable import Training

/// Loss, gradients and optimiser steps against numbers that RecBole 1.2.1 produced.
@Suite struct GradientFixtureTests {
  /// It moves the scores of all items alike, so its gradient is exactly zero.
  ///
  /// RecBole's is what rounding leaves of it, which its Adam then turns into steps.
  private static let shiftOfAllScores = "dense_layer_i.bias"

  @Test(arguments: ["ce", "bpr"], 1...3)
  func lossGradientsAndStepsEqualRecBole(loss: String, layers: Int) throws {
    let file = try SafetensorsFile(
      path: TestEnvironment.fixture("recbole-tiny/ksr-\(loss)-layers\(layers).safetensors"))
    var (settings, parameters) = try RecBoleFixture.parameters(file, prefix: "param.")
    settings.freezesKnowledgeGraph = false
    let batch = try packed(
      file, items: "item_seq", lengths: "item_seq_len", targets: "pos_item",
      negatives: loss == "bpr" ? "neg_item" : nil)
    let losses = try file.floats("losses")
    let step = GradientStep(
      settings: settings, itemCount: parameters.itemCount, shards: 1, threads: 1)
    var optimiser = Adam(
      settings: settings, itemCount: parameters.itemCount,
      relationCount: parameters.relationCount, frozen: ["relation_Matrix"])
    for (number, expected) in losses.enumerated() {
      let (loss, gradients) = step.run([batch], parameters: parameters, dropoutSeed: nil)
      #expect(abs(Float(loss) - expected) < 1e-4 * expected)
      if number == 0 { try expectGradients(gradients, equal: file) }
      optimiser.update(&parameters, gradients: gradients, learningRate: 1e-2)
    }
    for entry in parameters.entries
    where !["relation_Matrix", Self.shiftOfAllScores].contains(entry.name) {
      let difference = relativeDifference(
        parameters[keyPath: entry.path], try file.floats("after." + entry.name))
      // Adam divides by the gradient's own size, which magnifies rounding where it is tiny.
      #expect(difference < 1e-3, "\(entry.name)")
    }
  }

  @Test(.enabled(if: TestEnvironment.fixtures != nil, "KSR_FIXTURES is not set"))
  func gradientsEqualRecBoleOnMovieLens() throws {
    let folder = try #require(TestEnvironment.fixtures) + "/recbole-ksr-ml-100k/"
    let cases = try SafetensorsFile(path: folder + "cases.safetensors")
    var (settings, parameters) = try RecBoleFixture.parameters(
      SafetensorsFile(path: folder + "model.safetensors"), prefix: "")
    let batch = try packed(
      cases, items: "train.item_seq", lengths: "train.item_seq_len", targets: "train.target")
    for frozen in [false, true] {
      settings.freezesKnowledgeGraph = frozen
      let step = GradientStep(
        settings: settings, itemCount: parameters.itemCount, shards: 1, threads: 1)
      let (loss, gradients) = step.run([batch], parameters: parameters, dropoutSeed: nil)
      #expect(abs(loss - 5.652018) < 1e-4 * 5.65)
      try expectGradients(gradients, equal: cases, frozen: frozen)
    }
  }

  private func packed(
    _ file: SafetensorsFile, items: String, lengths: String, targets: String,
    negatives: String? = nil
  ) throws -> PackedSequences {
    let width = try file.shape(items)[1]
    let items = try file.integers(items).map(Int32.init)
    let targets = try file.integers(targets)
    let negatives = try negatives.map { try file.integers($0) }
    return PackedSequences(
      try file.integers(lengths).enumerated().map { row, length in
        var entry = PackedSequences.Entry(
          items: items[row * width..<row * width + length], target: Int32(targets[row]))
        entry.negatives = negatives.map { [Int32($0[row])] } ?? []
        return entry
      })
  }

  private func expectGradients(
    _ gradients: KSRParameters, equal file: SafetensorsFile, frozen: Bool = false
  ) throws {
    for entry in gradients.entries where entry.name != "relation_Matrix" {
      let found = gradients[keyPath: entry.path]
      if entry.name == Self.shiftOfAllScores || frozen && entry.name == "entity_embedding.weight" {
        #expect(found.allSatisfy { $0 == 0 }, "\(entry.name)")
      } else {
        let difference = relativeDifference(found, try file.floats("grad." + entry.name))
        #expect(difference < 1e-4, "\(entry.name)")
      }
    }
  }
}
