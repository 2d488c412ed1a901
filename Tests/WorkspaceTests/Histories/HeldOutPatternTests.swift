import KSRModel
import Testing
import Workspace

/// `held_out_users`: tokens in which `*` stands for any text.
@Suite struct HeldOutPatternTests {
  private func holdsOut(_ patterns: [String], _ user: String) -> Bool {
    var split = DataSplit()
    split.heldOutUsers = patterns
    return split.holdsOut(user)
  }

  /// All texts of up to `length` letters.
  private func texts(_ letters: [String], length: Int) -> [String] {
    var all = [""]
    var longest = [""]
    for _ in 0..<length {
      longest = longest.flatMap { text in letters.map { text + $0 } }
      all += longest
    }
    return all
  }

  /// What a pattern means, told by recursion.
  private func means(_ pattern: Substring, _ text: Substring) -> Bool {
    guard let first = pattern.first else { return text.isEmpty }
    if first == "*" {
      return means(pattern.dropFirst(), text)
        || (!text.isEmpty && means(pattern, text.dropFirst()))
    }
    return text.first == first && means(pattern.dropFirst(), text.dropFirst())
  }

  @Test func allSmallPatternsOnAllSmallTexts() {
    let users = texts(["a", "b"], length: 4)
    for pattern in texts(["a", "b", "*"], length: 4) {
      for user in users {
        #expect(
          holdsOut([pattern], user) == means(pattern[...], user[...]),
          "\(pattern) against \(user)")
      }
    }
  }

  @Test func patternsOfUse() {
    #expect((0...120).filter { holdsOut(["*0"], "\($0)") } == (0...12).map { $0 * 10 })
    #expect(holdsOut(["7"], "7") && !holdsOut(["7"], "77") && !holdsOut(["7"], "17"))
    #expect(!holdsOut([], "7") && !holdsOut([], ""))
    #expect(holdsOut(["*"], "7") && holdsOut(["*"], ""))
    #expect(holdsOut(["x", "u*", "y"], "u12") && !holdsOut(["x", "u*", "y"], "12"))
    #expect(holdsOut(["é*"], "émile"))
  }

  @Test(.timeLimit(.minutes(1))) func manyStarsTakeNoTime() {
    let pattern = String(repeating: "*a", count: 40) + "b"
    #expect(!holdsOut([pattern], String(repeating: "a", count: 2000)))
  }
}
