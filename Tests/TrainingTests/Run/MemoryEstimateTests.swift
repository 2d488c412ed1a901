import KSRModel
import Testing

@testable import Training

@Suite struct MemoryEstimateTests {
  private func estimate(
    _ lengths: [Int] = [20, 5, 100], _ change: (inout RunSettings) -> Void = { _ in }
  ) -> MemoryEstimate {
    var run = RunSettings()
    change(&run)
    return MemoryEstimate(
      settings: run.network, training: run.training, itemCount: 1000, relationCount: 5,
      sequenceLengths: lengths)
  }

  @Test func growsWithWhatNeedsMemory() {
    let plain = estimate().bytes
    #expect(plain > 0)
    #expect(estimate { $0.network.hiddenSize = 512 }.bytes > plain)
    #expect(estimate { $0.network.embeddingSize = 512 }.bytes > plain)
    #expect(estimate { $0.training.shards = 64 }.bytes > plain)
    #expect(estimate { $0.network.layerCount = 3 }.bytes > plain)
    #expect(estimate { $0.training.mode = .prefix }.bytes > plain)
    // Entity vectors that are trained have moments, whatever the memory.
    let vectors = [true, false].map { freezes in
      estimate { ($0.network.memory, $0.network.freezesKnowledgeGraph) = (.linear, freezes) }.bytes
    }
    #expect(vectors[1] > vectors[0])
    #expect(estimate { $0.network.freezesKnowledgeGraph = false }.bytes > plain)
    // What is not by item does not grow with the catalogue.
    let sampled = estimate { ($0.network.loss, $0.training.shards) = (.bpr, 64) }.bytes
    #expect(sampled < 0.7 * estimate { $0.training.shards = 64 }.bytes)
    #expect(estimate(Array(repeating: 100, count: 100)).bytes > plain)
    // More than there is to score in all costs nothing.
    let large = estimate { $0.training.batchSize = 100_000 }.bytes
    #expect(large == estimate { $0.training.batchSize = 1_000_000_000 }.bytes)
    #expect(estimate([]).bytes.isFinite)
  }

  /// The parameters alone, counted by making them.
  @Test(arguments: [1, 2, 3])
  func countsTheParameters(layers: Int) throws {
    var settings = KSRSettings()
    settings.layerCount = layers
    settings.embeddingSize = 24
    settings.kgEmbeddingSize = 10
    settings.hiddenSize = 32
    let parameters = KSRParameters(settings: settings, itemCount: 30, relationCount: 4)
    let count = parameters.entries.reduce(0) { $0 + $1.shape.reduce(1, *) }
    var training = TrainingSettings()
    // What is trained: as it is, at its best, two moments, maybe its mean; once more without the best
    // where a recovery has no file to go back to.
    for (decay, copies) in [(nil, 4), (0.9, 5)] as [(Float?, Int)] {
      for isSaved in [true, false] {
        training.averageDecay = decay
        let estimate = MemoryEstimate(
          settings: settings, training: training, itemCount: 30, relationCount: 4,
          sequenceLengths: [3], savesStates: isSaved)
        let part = try #require(estimate.parts.first { $0.name == "parameters and moments" })
        let frozen = 30 * 10
        let all = frozen + (copies + (isSaved ? 0 : copies - 1)) * (count - frozen)
        #expect(part.bytes == Double(4 * all))
      }
    }
  }

  @Test func refusesWithTheSettingsThatHelp() throws {
    let large = estimate { $0.network.hiddenSize = 65536 }
    #expect(large.refusal(available: large.bytes) == nil)
    let text = try #require(large.refusal(available: 2e9))
    #expect(text.contains("2.0 GB are free"))
    #expect(text.contains("hidden_size") && text.contains("shards"))
    #expect(!text.contains("train_batch_size"))
    let wide = estimate(Array(repeating: 1000, count: 1000)) { $0.training.batchSize = 1_000_000 }
    #expect(try #require(wide.refusal(available: 1e6)).contains("train_batch_size"))
  }

  @Test func readsWhatIsFree() throws {
    #expect(
      FreeMemory.available(meminfo: "MemTotal: 9 kB\nMemAvailable:   23625044 kB\n")
        == 24_192_045_056)
    #expect(FreeMemory.available(meminfo: "MemTotal: 9 kB\n") == nil)
    #expect(FreeMemory.droppable(statistics: "anon 5\ninactive_file 4096\n") == 4096)
    #expect(FreeMemory.droppable(statistics: "") == 0)
    #expect(try #require(FreeMemory.bytes) > 1_000_000)
  }

  @Test(
    arguments: [
      (0, "0 bytes"), (999, "999 bytes"), (1500, "1.5 kB"), (25e6, "25 MB"), (3.04e9, "3.0 GB"),
      (5e15, "5000 TB"),
    ] as [(Double, String)])
  func sizes(bytes: Double, text: String) {
    #expect(MemoryEstimate.size(bytes) == text)
  }
}
