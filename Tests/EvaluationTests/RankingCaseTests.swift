import KSRModel
import Randomness
import Testing
import Workspace

@testable import Evaluation

/// Which questions are asked about which histories.
@Suite struct RankingCaseTests {
  private func history(_ count: Int, isHeldOut: Bool = false) -> History {
    History(
      user: "u\(count)", items: (0..<count).map { Int32($0 + 1) },
      timestamps: (0..<count).map(Double.init), isHeldOut: isHeldOut)
  }

  @Test(arguments: 1...8) func theWindowEndsBeforeTheTarget(maxLength: Int) {
    let items = history(9).items
    for step in 1..<9 {
      let asked = RankingCase(user: 3, history: items, step: step, maxLength: maxLength)
      #expect(asked.target == Int32(step + 1))
      #expect(Array(asked.items) == Array((1...Int32(step)).suffix(maxLength)))
      #expect(asked.user == 3 && asked.step == step)
    }
  }

  @Test(arguments: DataSplit.LeaveOut.allCases) func everyMarkedStepOnce(
    leaveOut: DataSplit.LeaveOut
  ) {
    var split = DataSplit()
    split.leaveOut = leaveOut
    let histories = (0...6).map { history($0, isHeldOut: $0 % 3 == 1) }
    for heldOut in [false, true] {
      var asked: [String] = []
      for mark in SplitMark.allCases {
        let cases = RankingCase.cases(
          histories, split: split, mark: mark, heldOutUsers: heldOut, maxLength: 50)
        for item in cases {
          let history = histories[item.user]
          #expect(history.isHeldOut == heldOut)
          #expect(
            split.mark(step: item.step, count: history.count, isHeldOut: heldOut) == mark)
          #expect(item.target == history.items[item.step])
          asked.append("\(item.user) \(item.step)")
        }
      }
      let all = histories.indices.filter { histories[$0].isHeldOut == heldOut }
        .flatMap { user in (1..<max(1, histories[user].count)).map { "\(user) \($0)" } }
      #expect(asked.sorted() == all.sorted())
    }
  }
}
