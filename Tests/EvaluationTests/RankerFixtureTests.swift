import Foundation
import KSRModel
import ModelTestSupport
import TestSupport
import Testing

@testable import Evaluation

/// Ranks against those that RecBole's scores give.
@Suite struct RankerFixtureTests {
  /// Ranks of the whole test split, and RecBole's.
  private func ranks(_ folder: String, threads: Int) throws -> (ours: [Double], recBole: [Int]) {
    let file = try SafetensorsFile(path: folder + "cases.safetensors")
    let (settings, parameters) = try RecBoleFixture.parameters(
      SafetensorsFile(path: folder + "model.safetensors"), prefix: "")
    let items = try file.integers("test.item_seq").map(Int32.init)
    let width = try file.shape("test.item_seq")[1]
    let targets = try file.integers("test.target").map(Int32.init)
    let cases = try file.integers("test.item_seq_len").enumerated().map { row, length in
      RankingCase(
        user: row, history: items[row * width..<row * width + length] + [targets[row]],
        step: length, maxLength: width)
    }
    let ranker = Ranker(settings: settings, parameters: parameters)
    return (ranker.ranks(cases, threads: threads), try file.integers("test.target_rank"))
  }

  /// Most ranks are the same; one may move by one where two scores differ by rounding only.
  private func compare(_ ours: [Double], _ recBole: [Int]) {
    #expect(ours.count == recBole.count)
    #expect(zip(ours, recBole).allSatisfy { abs($0 - Double($1)) <= 1 })
    #expect(zip(ours, recBole).count { $0 != Double($1) } <= ours.count / 50)
  }

  /// RecBole's metrics to the last digit that it prints, from our own ranks.
  private func compareMetrics(_ ranks: [Double], _ folder: String) throws {
    struct Meta: Decodable {
      var recBole: [String: Double]
      enum CodingKeys: String, CodingKey { case recBole = "recbole_test_metrics" }
    }
    let meta = try JSONDecoder().decode(
      Meta.self, from: Data(contentsOf: URL(fileURLWithPath: folder + "meta.json")))
    let metrics = RankingMetrics(ranks: ranks).named
    for (name, value) in metrics where name != "MAP@10" {
      let printed = try #require(meta.recBole[name.lowercased()])
      #expect(String(format: "%.4f", value) == String(format: "%.4f", printed), "\(name)")
    }
  }

  @Test func tinyEqualsRecBole() throws {
    try compareMetrics(
      ranks(TestEnvironment.fixture("recbole-tiny/recbole/"), threads: 1).ours,
      TestEnvironment.fixture("recbole-tiny/recbole/"))
    let (ours, recBole) = try ranks(
      TestEnvironment.fixture("recbole-tiny/recbole/"), threads: 1)
    compare(ours, recBole)
    #expect(ours.count { $0 <= 10 } == 6, "RecBole's hit@10 is .1714 of 35")
  }

  @Test(
    .enabled(if: TestEnvironment.fixtures != nil, "KSR_FIXTURES is not set"), arguments: [1, 2])
  func movieLensEqualsRecBole(threads: Int) throws {
    let folder = try #require(TestEnvironment.fixtures) + "/recbole-ksr-ml-100k/"
    let (ours, recBole) = try ranks(folder, threads: threads)
    compare(ours, recBole)
    try compareMetrics(ours, folder)
    #expect(ours.count == 943)
    #expect(ours.count { $0 <= 10 } == 101, "RecBole's hit@10 is .1071 of 943")
  }
}
