import CKernels
import ModelTestSupport
import TestSupport
import Testing

@testable import KSRModel

/// The network against numbers that RecBole 1.2.1 produced.
@Suite struct NetworkFixtureTests {
  static let tiny = (1...3).flatMap { layers in
    ["ce", "bpr"].map {
      TestEnvironment.fixture("recbole-tiny/ksr-\($0)-layers\(layers).safetensors")
    }
  }

  @Test(arguments: tiny) func traceEqualsRecBole(path: String) throws {
    let file = try SafetensorsFile(path: path)
    let network = try RecBoleFixture.network(file, prefix: "param.")
    let lengths = try file.integers("item_seq_len")
    let items = try file.integers("item_seq")
    let width = try file.shape("item_seq")[1]
    let states = try Slices(file, "trace.h_all")
    for (row, length) in lengths.enumerated() {
      let trace = network.trace(items[row * width..<row * width + length].map(Int32.init))
      #expect(relativeDifference(trace.states.values, states[row].prefix(length * 7)) < 1e-4)
      try expectLastStep(of: trace, equals: file, row: row, network: network)
    }
  }

  @Test(
    .enabled(if: TestEnvironment.fixtures != nil, "KSR_FIXTURES is not set"))
  func traceEqualsRecBoleOnMovieLens() throws {
    let folder = try #require(TestEnvironment.fixtures) + "/recbole-ksr-ml-100k/"
    let cases = try SafetensorsFile(path: folder + "cases.safetensors")
    let network = try RecBoleFixture.network(
      SafetensorsFile(path: folder + "model.safetensors"), prefix: "")
    #expect(
      relativeDifference(
        network.itemVectors.values, try cases.floats("item_embedding_combined")) < 1e-4)
    let items = try cases.integers("trace.item_seq")
    for (row, length) in try cases.integers("trace.item_seq_len").enumerated() {
      let trace = network.trace(items[row * 50..<row * 50 + length].map(Int32.init))
      try expectLastStep(of: trace, equals: cases, row: row, network: network)
    }
  }

  @Test(
    .enabled(if: TestEnvironment.fixtures != nil, "KSR_FIXTURES is not set"))
  func scoresAndRanksEqualRecBoleOnMovieLens() throws {
    let folder = try #require(TestEnvironment.fixtures) + "/recbole-ksr-ml-100k/"
    let cases = try SafetensorsFile(path: folder + "cases.safetensors")
    let network = try RecBoleFixture.network(
      SafetensorsFile(path: folder + "model.safetensors"), prefix: "")
    let items = try cases.integers("test.item_seq")
    let lengths = try cases.integers("test.item_seq_len")
    let targets = try cases.integers("test.target")
    let ranks = try cases.integers("test.target_rank")
    let scoreRows = try cases.integers("score.row")
    let expected = try Slices(cases, "score.scores")
    var hits = 0
    for row in lengths.indices {
      let history = items[row * 50..<row * 50 + lengths[row]].map(Int32.init)
      let states = HistoryStates(network: network, items: history)
      let scores = network.scores(states.terms(at: history.count - 1))
      if let place = scoreRows.firstIndex(of: row) {
        #expect(relativeDifference(scores, expected[place]) < 1e-4)
      }
      // A rank may move by one where two scores differ by rounding only.
      #expect(abs(rank(of: Int32(targets[row]), in: scores) - Double(ranks[row])) <= 1)
      hits += rank(of: Int32(targets[row]), in: scores) <= 10 ? 1 : 0
    }
    #expect(hits == 101, "RecBole's hit@10 is .1071 of 943")
  }

  private func expectLastStep(
    of trace: Trace, equals file: SafetensorsFile, row: Int, network: KSRNetwork
  ) throws {
    let last = trace.count - 1
    func expected(_ name: String) throws -> ArraySlice<Float> {
      let slices = try Slices(file, "trace." + name)
      return slices[row]
    }
    #expect(relativeDifference(trace.states.row(last), try expected("h_t")) < 1e-4)
    #expect(relativeDifference(trace.queries.row(last), try expected("h_t_kg")) < 1e-4)
    #expect(relativeDifference(trace.slots.row(last), try expected("user_memory")) < 1e-4)
    #expect(relativeDifference(trace.attention.row(last), try expected("attention")) < 1e-4)
    #expect(relativeDifference(trace.memoryReads.row(last), try expected("m_t")) < 1e-4)
    #expect(relativeDifference(trace.preferences.row(last), try expected("p_u")) < 1e-4)
    let scores = network.scores(network.terms(trace, row: last))
    #expect(relativeDifference(scores, try expected("scores")) < 1e-4)
  }
}

/// A tensor's rows along its first dimension.
struct Slices {
  private let values: [Float]
  private let width: Int

  init(_ file: SafetensorsFile, _ name: String) throws {
    values = try file.floats(name)
    width = try values.count / file.shape(name)[0]
  }

  subscript(row: Int) -> ArraySlice<Float> {
    values[row * width..<(row + 1) * width]
  }
}
