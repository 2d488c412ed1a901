import KSRModel
import Testing
import Workspace

/// Which interactions are trained on, against RecBole's `leave_one_out` restated.
@Suite struct SplitTests {
  /// The marks of the n − 1 cases of a user with n interactions.
  ///
  /// As in RecBole's `_split_index_by_leave_one_out`: `leave` lists besides training, of which the
  /// last ones are filled when there are too few cases; one case at least stays in training.
  static func recBole(count n: Int, _ leaveOut: DataSplit.LeaveOut) -> [SplitMark] {
    guard n > 1 else { return [] }
    let lists: [SplitMark]
    switch leaveOut {
    case .validAndTest: lists = [.train, .validation, .test]
    case .validOnly: lists = [.train, .validation]
    case .testOnly: lists = [.train, .test]
    }
    let total = n - 1
    let legal = min(lists.count - 1, total - 1)
    return Array(repeating: .train, count: total - legal) + lists.suffix(legal)
  }

  @Test(arguments: DataSplit.LeaveOut.allCases, 0...12)
  func marksEqualRecBole(leaveOut: DataSplit.LeaveOut, count: Int) {
    var split = DataSplit()
    split.leaveOut = leaveOut
    let expected = Self.recBole(count: count, leaveOut)
    let marks = (1..<max(1, count)).map { split.mark(step: $0, count: count, isHeldOut: false) }
    #expect(marks == expected)
    // The first interaction of a user is never predicted, but training reads it.
    #expect(
      split.trainingCount(of: count, isHeldOut: false)
        == min(count, 1) + expected.count { $0 == .train })
  }

  @Test(arguments: DataSplit.LeaveOut.allCases, 0...12)
  func heldOutUsersAreForTestingAlone(leaveOut: DataSplit.LeaveOut, count: Int) {
    var split = DataSplit()
    split.leaveOut = leaveOut
    #expect(split.trainingCount(of: count, isHeldOut: true) == 0)
    #expect((0..<count).allSatisfy { split.mark(step: $0, count: count, isHeldOut: true) == .test })
  }

  @Test func knownLengths() {
    #expect(Self.recBole(count: 2, .validAndTest) == [.train])
    #expect(Self.recBole(count: 3, .validAndTest) == [.train, .test])
    #expect(Self.recBole(count: 5, .validAndTest) == [.train, .train, .validation, .test])
    #expect(Self.recBole(count: 3, .validOnly) == [.train, .validation])
  }

  /// Words for the model's card, of what was really done.
  @Test func splitsInWords() {
    var split = DataSplit()
    func words(_ files: [String]? = nil) -> String { split.words(benchmark: files, nouns: Nouns()) }
    #expect(words() == "last item for testing, the one before for validation")
    split.leaveOut = .testOnly
    #expect(words() == "last item for testing, none for validation")
    split.ratios = .init([8, 1, 1])
    #expect(
      words() == "training / validation / test 0.80 / 0.10 / 0.10, oldest first, of each user")
    split.ratios = .init([8, 1, 1], isByUser: false)
    split.heldOutUsers = ["*0"]
    #expect(words().hasSuffix("oldest first, at one time for all; users kept out of training: *0"))
    #expect(
      words(["a", "b", "c"])
        == "from files: training a.inter, validation b.inter, test c.inter; users kept out of training: *0"
    )
  }
}
