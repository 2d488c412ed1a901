import Foundation
import KSRModel
import TestSupport
import Testing

@testable import Evaluation

/// The metrics by hand and against RecBole's.
@Suite struct RankingMetricsTests {
  @Test func byHand() {
    let metrics = RankingMetrics(ranks: [1, 3, 10, 10.5, 11, 2.5, 400, 7], k: 10)
    #expect(metrics.count == 8 && metrics.k == 10)
    #expect(metrics.hit == 5.0 / 8)
    #expect(abs(metrics.mrr - (1 + 1 / 3.0 + 0.1 + 0.4 + 1 / 7.0) / 8) < 1e-15)
    let gains: [Double] = [1, 0.5, 1 / log2(11), 1 / log2(3.5), 1.0 / 3]
    #expect(abs(metrics.ndcg - gains.reduce(0, +) / 8) < 1e-15)
    #expect(metrics.recall == metrics.hit)
    #expect(metrics.precision == metrics.hit / 10)
    #expect(
      metrics.named.map(\.name)
        == ["Hit@10", "MRR@10", "NDCG@10", "Recall@10", "Precision@10", "MAP@10"])
    #expect(
      metrics.named.map(\.value)
        == [metrics.hit, metrics.mrr, metrics.ndcg, metrics.hit, metrics.hit / 10, metrics.mrr])
  }

  @Test(arguments: 1...12) func listsOfEveryLength(k: Int) {
    // Every rank from 1 to 12 once.
    let metrics = RankingMetrics(ranks: (1...12).map(Double.init), k: k)
    #expect(abs(metrics.hit - Double(k) / 12) < 1e-15)
    #expect(abs(metrics.mrr - (1...k).reduce(0) { $0 + 1 / Double($1) } / 12) < 1e-14)
    #expect(abs(metrics.ndcg - (1...k).reduce(0) { $0 + 1 / log2(Double($1) + 1) } / 12) < 1e-14)
    #expect(metrics.named[0].name == "Hit@\(k)")
  }

  @Test func noCases() {
    let metrics = RankingMetrics(ranks: [])
    #expect(metrics.count == 0 && metrics.named.allSatisfy { $0.value == 0 })
  }

  private struct Meta: Decodable {
    var exact: [String: Double]
    var printed: [String: Double]

    enum CodingKeys: String, CodingKey {
      case exact = "metrics_from_target_rank"
      case printed = "recbole_test_metrics"
    }
  }

  /// RecBole's ranks give the metrics computed beside them, and RecBole's own as it prints them.
  private func compare(_ folder: String) throws -> RankingMetrics {
    let cases = try SafetensorsFile(path: folder + "cases.safetensors")
    let meta = try JSONDecoder().decode(
      Meta.self, from: Data(contentsOf: URL(fileURLWithPath: folder + "meta.json")))
    let metrics = RankingMetrics(ranks: try cases.integers("test.target_rank").map(Double.init))
    let exact = try ["hit10", "mrr10", "ndcg10"].map {
      try #require(meta.exact[$0])
    }
    for (value, expected) in zip([metrics.hit, metrics.mrr, metrics.ndcg], exact) {
      #expect(abs(value - expected) < 1e-12)
    }
    // Its run was not asked for MAP.
    #expect(meta.printed.count == metrics.named.count - 1)
    for (name, value) in metrics.named where !name.hasPrefix("MAP") {
      let printed = try #require(meta.printed[name.lowercased()])
      #expect((value * 1e4).rounded() == (printed * 1e4).rounded(), "\(name)")
    }
    return metrics
  }

  @Test func tinyEqualsRecBole() throws {
    let metrics = try compare(TestEnvironment.fixture("recbole-tiny/recbole/"))
    #expect(metrics.count == 35)
  }

  @Test(.enabled(if: TestEnvironment.fixtures != nil, "KSR_FIXTURES is not set"))
  func movieLensEqualsRecBole() throws {
    let metrics = try compare(#require(TestEnvironment.fixtures) + "/recbole-ksr-ml-100k/")
    #expect(metrics.count == 943)
    #expect(abs(metrics.hit - 0.1071049840933192) < 1e-12)
  }
}
