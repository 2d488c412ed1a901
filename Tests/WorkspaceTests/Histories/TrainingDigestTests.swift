import AtomicFiles
import KSRModel
import Randomness
import Testing
import Workspace

/// The digest changes with what training sees and with nothing else.
@Suite struct TrainingDigestTests {
  private let items = Vocabulary((0..<12).map { $0 == 0 ? "[PAD]" : "film \($0)" })

  private func histories(_ seed: UInt64) -> [History] {
    var generator = SeededGenerator(seed: seed)
    return (0..<7).map { user in
      let count = 1 + generator.integer(below: 6)
      return History(
        user: "u\(user)", items: (0..<count).map { _ in Int32(1 + generator.integer(below: 11)) },
        timestamps: (0..<count).map(Double.init), isHeldOut: user % 3 == 2)
    }
  }

  private func replacing(_ history: History, items: [Int32]) -> History {
    History(
      user: history.user, items: items, timestamps: items.indices.map(Double.init),
      isHeldOut: history.isHeldOut)
  }

  @Test(arguments: DataSplit.LeaveOut.allCases, [1, 2, 3] as [UInt64])
  func everySingleInteraction(leaveOut: DataSplit.LeaveOut, seed: UInt64) {
    var split = DataSplit()
    split.leaveOut = leaveOut
    let all = histories(seed)
    let digest = split.trainingDigest(of: all, items: items)
    var seen: Set = [digest]
    for (user, history) in all.enumerated() {
      let trained = split.trainingCount(of: history.count, isHeldOut: history.isHeldOut)
      for step in history.items.indices {
        for item in Int32(1)...11 where item != history.items[step] {
          var changed = history.items
          changed[step] = item
          var others = all
          others[user] = replacing(history, items: changed)
          let other = split.trainingDigest(of: others, items: items)
          #expect((other == digest) == (step >= trained))
          if step < trained { #expect(seen.insert(other).inserted, "two changes, one digest") }
        }
      }
    }
  }

  @Test func orderOfItemsCountsAndOrderOfUsersDoesNot() {
    let split = DataSplit()
    let all = histories(4) + [replacing(histories(4)[0], items: [1, 2, 3, 4, 5])]
    let digest = split.trainingDigest(of: all, items: items)
    #expect(split.trainingDigest(of: all.reversed(), items: items) == digest)
    let last = all.count - 1
    for (items, isSame) in [([2, 1, 3, 4, 5], false), ([1, 2, 3, 5, 4], true)] as [([Int32], Bool)]
    {
      var others = all
      others[last] = replacing(all[last], items: items)
      #expect((split.trainingDigest(of: others, items: self.items) == digest) == isSame)
    }
  }

  @Test func identifiersDoNotCountAndTokensDo() {
    let split = DataSplit()
    let all = histories(5)
    let digest = split.trainingDigest(of: all, items: items)
    // The same films under other identifiers.
    let renumbered = Vocabulary(["[PAD]"] + (1..<12).reversed().map { items[$0] })
    let same = all.map { replacing($0, items: $0.items.map { 12 - $0 }) }
    #expect(split.trainingDigest(of: same, items: renumbered) == digest)
    let renamed = Vocabulary(items.tokens.map { $0 + "!" })
    #expect(split.trainingDigest(of: all, items: renamed) != digest)
    let user = History(
      user: "somebody", items: all[0].items, timestamps: all[0].timestamps, isHeldOut: false)
    #expect(split.trainingDigest(of: [user] + all.dropFirst(), items: items) != digest)
  }

  @Test func sixteenDigits() {
    #expect(DataSplit().trainingDigest(of: [], items: items) == "0000000000000000")
    #expect(DataSplit().trainingDigest(of: histories(6), items: items).count == 16)
  }
}

extension DataSplit {
  fileprivate func trainingDigest(
    of histories: some Sequence<History>, items: Vocabulary
  ) -> String { Histories(histories).trainingDigest(self, items: items) }
}
