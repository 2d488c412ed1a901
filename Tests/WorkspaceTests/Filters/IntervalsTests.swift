import Testing
import Workspace

/// RecBole's notation of intervals.
@Suite struct IntervalsTests {
  @Test(
    arguments: [
      ("[5,inf)", [5, 6, 1e300], [4.999, -1]), ("(5,7]", [5.5, 7], [5, 7.1]),
      ("[0,2];(4,9)", [0, 2, 5], [3, 4, 9]), (" [ -1e1 , +2.5 ] ", [-10, 2.5], [-11, 3]),
      ("(-inf,0)", [-5], [0]), ("[3,3]", [3], [2, 4]), ("(3,3)", [], [3]),
      ("[-Infinity,INF]", [0, 1e9], []),
    ] as [(String, [Double], [Double])])
  func holds(text: String, inside: [Double], outside: [Double]) throws {
    let intervals = try #require(Intervals(text))
    #expect(inside.allSatisfy(intervals.contains))
    #expect(!outside.contains(where: intervals.contains))
    #expect(intervals.text == text)
  }

  @Test(arguments: [
    "", "5", "[5]", "[5,inf", "5,inf)", "[5,inf);", "[5;inf)", "[a,b]", "[1,2,3]", "[2,1]",
    "[nan,1]", "{1,2}", "[0x1,2]", "[,]", "[1,2][3,4]", "é", "[1,2];é",
  ])
  func isNoNotation(text: String) { #expect(Intervals(text) == nil) }
}
