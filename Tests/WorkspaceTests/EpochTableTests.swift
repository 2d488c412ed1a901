import AtomicFiles
import Randomness
import TestSupport
import Testing

@testable import Workspace

@Suite("Table of epochs")
struct EpochTableTests {
  private let table = EpochTable(
    metricNames: ["Hit@10", "NDCG@10"],
    rows: [
      .init(
        number: 1, loss: 6.25, metrics: [0.1, 0.05], learningRate: 0.01, recoveries: 0,
        seconds: 1.5, isBest: true),
      .init(
        number: 2, loss: 5.125, metrics: nil, learningRate: 0.005, recoveries: 2, seconds: 0.25,
        isBest: false),
      .init(
        number: 3, loss: 1e-7, metrics: [0.3, 1], learningRate: 1e-07, recoveries: 0, seconds: 12,
        isBest: true),
    ])

  @Test("what is written is what is read")
  func roundTrip() throws {
    #expect(
      table.text
        == """
        epoch,loss,Hit@10,NDCG@10,learning_rate,recoveries,seconds,best
        1,6.25,0.1,0.05,0.01,0,1.500,1
        2,5.125,,,0.005,2,0.250,0
        3,1e-07,0.3,1.0,1e-07,0,12.000,1

        """)
    #expect(try EpochTable(text: table.text, file: "f") == table)
    #expect(table.best?.number == 3 && table.recoveries == 2)
    let empty = EpochTable(metricNames: [], rows: [])
    #expect(try EpochTable(text: empty.text, file: "f") == empty)
    #expect(empty.best == nil)
  }

  @Test("a table cut off anywhere is an error or a shorter table, never a trap")
  func cut() {
    let bytes = Array(table.text.utf8)
    for count in 0..<bytes.count {
      let text = String(decoding: bytes[..<count], as: UTF8.self)
      do throws(DataError) {
        let cut = try EpochTable(text: text, file: "f")
        #expect(cut.rows == Array(table.rows.prefix(cut.rows.count)))
        #expect(text.hasSuffix("\n"))
      } catch {
        #expect(error.file == "f" && !error.found.isEmpty)
      }
    }
  }

  @Test("a damaged table is read or refused with a sentence")
  func damaged() {
    let special = Array("\t\n\r ,\"'.-+e0".utf8) + [0, 0x1B, 0x80, 0xC3, 0xFF]
    var generator = SeededGenerator(seed: 21)
    var (read, refused) = (0, 0)
    let rounds = TestEnvironment.fuzzCount(20_000)
    for _ in 0..<rounds {
      var bytes = Array(table.text.utf8)
      for _ in 0...generator.integer(below: 4) {
        let place = generator.integer(below: bytes.count)
        switch generator.integer(below: 4) {
        case 0: bytes.insert(special[generator.integer(below: special.count)], at: place)
        case 1: bytes[place] = special[generator.integer(below: special.count)]
        case 2: bytes[place] ^= 1 << UInt8(generator.integer(below: 8))
        default: bytes.remove(at: place)
        }
      }
      do throws(DataError) {
        let found = try EpochTable(text: String(decoding: bytes, as: UTF8.self), file: "f")
        read += 1
        #expect(
          found.rows.allSatisfy {
            $0.metrics?.count ?? found.metricNames.count == found.metricNames.count
          })
      } catch {
        refused += 1
        let sentence = error.description
        #expect(sentence.hasPrefix("f") && sentence.hasSuffix("."))
        #expect(sentence.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
      }
    }
    #expect(read > rounds / 20 && refused > rounds / 10, "\(read) and \(refused)")
  }

  @Test("errors name the line and what stood there")
  func errors() {
    func failure(_ text: String) -> String? {
      do throws(DataError) {
        _ = try EpochTable(text: text, file: "m.history.csv")
        return nil
      } catch {
        return "\(error)"
      }
    }
    #expect(failure("step,loss\n")?.contains("line 1") == true)
    let header = "epoch,loss,learning_rate,recoveries,seconds,best"
    #expect(failure(header + "\n1,2\n")?.contains("line 2: found 2 fields") == true)
    #expect(failure(header + "\nx,2,1,0,1,0\n")?.contains("field epoch: found \"x\"") == true)
    #expect(failure(header + "\n1,?,1,0,1,0\n")?.contains("field loss") == true)
    #expect(failure(header + "\n1,2,1,-1,1,0\n")?.contains("field recoveries") == true)
    #expect(failure(header)?.contains("no line break") == true)
    #expect(throws: DataError.self) { try EpochTable.read("/nowhere/m.history.csv") }
  }
}
