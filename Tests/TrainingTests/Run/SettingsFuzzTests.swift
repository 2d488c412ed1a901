import AtomicFiles
import Randomness
import TestSupport
import Testing

@testable import Training

/// Any value under any known key is taken or refused at its place, and what is taken reads back.
@Suite struct SettingsFuzzTests {
  private func value(_ generator: inout SeededGenerator, depth: Int = 0) -> SettingValue {
    let words = [
      "[5,inf)", "first", "full", "uni100", "pop1", "CE", "BPR", "auto", "none", "user", "TO",
      "LS", "ent_id", "ent_vec", "entity_id", ",", "\t", "é\"\\", "NDCG@10", "MRR", "all", "*",
      "valid_and_test", "", "adamw", "uniform", "x\u{0}y",
    ]
    switch generator.integer(below: depth > 2 ? 6 : 8) {
    case 0: return .null
    case 1: return .bool(generator.integer(below: 2) == 0)
    case 2: return .int([0, 1, -1, 8, 64, .max, .min][generator.integer(below: 7)])
    case 3: return .float([0.5, -1, 1e300, .infinity, -.infinity][generator.integer(below: 5)])
    case 4, 5: return .string(words[generator.integer(below: words.count)])
    case 6:
      return .list(
        (0..<generator.integer(below: 4)).map { _ in value(&generator, depth: depth + 1) })
    default:
      let keys = words + ["split", "order", "mode", "RS", "inter", "item", "max_norm", "rating"]
      var map: [String: SettingValue] = [:]
      for _ in 0..<generator.integer(below: 4) {
        map[keys[generator.integer(below: keys.count)]] = value(&generator, depth: depth + 1)
      }
      return .map(map)
    }
  }

  @Test func anyValueIsTakenOrRefused() {
    var generator = SeededGenerator(seed: 11)
    let keys = RecBoleKeys.all.sorted()
    var (taken, refused) = (0, 0)
    for _ in 0..<TestEnvironment.fuzzCount(20_000) {
      var settings = Settings()
      for _ in 0...generator.integer(below: 2) {
        settings.set(
          keys[generator.integer(below: keys.count)], value(&generator), source: "a.yaml")
      }
      var run = RunSettings()
      do throws(DataError) {
        _ = try run.apply(settings)
        taken += 1
        let again = try? run.readBack()
        #expect(again?.keyValues.map(\.value) == run.keyValues.map(\.value))
      } catch {
        refused += 1
        #expect(error.file == "a.yaml" && error.field != nil, "\(error)")
        #expect(error.description.unicodeScalars.allSatisfy { $0.value >= 0x20 })
      }
    }
    #expect(taken > refused / 10 && refused > taken / 10, "\(taken) and \(refused)")
  }
}
