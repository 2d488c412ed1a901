import AtomicFiles
import KSRModel
import Randomness
import Testing

@testable import Workspace

/// Interactions in the order of the file become histories in the order of time.
@Suite struct HistoriesTests {
  /// Interactions whose item tells the line: user and time are given.
  private func interactions(_ rows: [(user: Int, time: Double)]) -> Interactions {
    var users = Vocabulary()
    let user = rows.map { Int32(users.intern("u\($0.user)")) }
    return Interactions(
      users: users, items: Vocabulary(rows.indices.map { "i\($0)" }), user: user,
      item: rows.indices.map(Int32.init), timestamp: rows.map(\.time))
  }

  private func build(
    _ rows: [(user: Int, time: Double)], keeping: (Int) -> Bool = { _ in true }
  ) -> Histories {
    var split = DataSplit()
    split.heldOutUsers = ["u1"]
    return Histories(interactions(rows), split: split) {
      keeping($0) ? Int32($0) : nil
    }
  }

  @Test func everyOrderOfThreeTimesOnFiveLines() {
    for code in 0..<243 {
      var (rest, times) = (code, [Double]())
      for _ in 0..<5 {
        times.append(Double(rest % 3))
        rest /= 3
      }
      let expected = [0.0, 1, 2].flatMap { time in times.indices.filter { times[$0] == time } }
      let histories = build(times.map { (7, $0) })
      #expect(histories.map(\.user) == ["u7"])
      #expect(histories[0].items == expected.map(Int32.init), "times \(times)")
      #expect(histories[0].timestamps == expected.map { times[$0] })
    }
  }

  @Test(arguments: 0..<40) func usersInTheOrderOfTheirFirstKeptLine(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let rows = (0..<60).map { _ in
      (user: generator.integer(below: 6), time: Double(generator.integer(below: 9)) - 4)
    }
    let kept = rows.map { _ in generator.integer(below: 3) > 0 }
    var order: [Int] = []
    for (line, row) in rows.enumerated() where kept[line] && !order.contains(row.user) {
      order.append(row.user)
    }
    let histories = build(rows) { kept[$0] }
    #expect(histories.map(\.user) == order.map { "u\($0)" })
    for (history, user) in zip(histories, order) {
      var expected: [Int] = []
      for line in rows.indices where kept[line] && rows[line].user == user {
        let place = expected.firstIndex { rows[$0].time > rows[line].time } ?? expected.count
        expected.insert(line, at: place)
      }
      #expect(history.items == expected.map(Int32.init))
      #expect(history.timestamps == expected.map { rows[$0].time })
      #expect(history.isHeldOut == (user == 1))
    }
  }

  @Test func timesThatAre32BitEqualAreStillTold() {
    // RecBole rounds timestamps to 32 bits before it sorts, so it would keep the file's order.
    let (late, early) = (1_000_000_001.0, 1_000_000_000.0)
    #expect(Float(late) == Float(early))
    #expect(build([(1, late), (1, early)])[0].items == [1, 0])
  }
}
