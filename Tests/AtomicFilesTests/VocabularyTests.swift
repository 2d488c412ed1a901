import Randomness
import Testing

@testable import AtomicFiles

@Suite struct VocabularyTests {
  /// Tokens over two bytes, one of them NUL, around the length that the table holds itself.
  @Test func agreesWithADictionary() {
    var generator = SeededGenerator(seed: 4)
    var vocabulary = Vocabulary()
    var expected: [[UInt8]: Int] = [:]
    for _ in 0..<20_000 {
      var token = [UInt8](repeating: 0, count: generator.integer(below: 12))
      if generator.integer(below: 2) == 0 { token = Array("prefixed".utf8) + token }
      for index in token.indices where generator.integer(below: 3) == 0 { token[index] = 0x61 }
      let known = token.withUnsafeBufferPointer { vocabulary.id(of: $0) }
      #expect(known == expected[token])
      let id = token.withUnsafeBufferPointer { vocabulary.intern($0, hash: Vocabulary.hash($0)) }
      #expect(id == expected[token, default: expected.count])
      expected[token] = id
    }
    #expect(vocabulary.count == expected.count && vocabulary.count > 1000)
    for (token, id) in expected {
      #expect(Array(vocabulary.bytes[vocabulary.offsets[id]..<vocabulary.offsets[id + 1]]) == token)
    }
  }

  @Test func tokensWithEqualHashesStayApart() {
    var vocabulary = Vocabulary()
    let short = ["a", "b", "", "a long prefix 1", "a long prefix 2", "a long p", "a long prefix "]
    for (id, token) in short.enumerated() {
      #expect(Array(token.utf8).withUnsafeBufferPointer { vocabulary.intern($0, hash: 0) } == id)
    }
    #expect(vocabulary.tokens == short)
    let tokens = (0..<300).map { "\($0)" } + (0..<300).map { "a long prefix \($0)" }
    let all = Vocabulary(tokens + tokens)
    #expect(all.tokens == tokens)
    #expect(tokens.map { all.id(of: $0) } == Array(0..<600))
    #expect(all.id(of: "") == nil && all.id(of: "600") == nil)
  }
}

/// Tokens of two files that mean the same and are spelled otherwise.
@Suite struct SpellingTests {
  @Test(arguments: [
    (["TT1", "x"], "upper and lower case"), (["tt 1"], "blanks"), (["007"], "leading zeros"),
    (["7.0"], "a \".0\" at the end"),
    (["TT 1", "7.0"], "case, blanks, leading zeros or \".0\""),
  ])
  func isNamed(missing: [String], difference: String) {
    let sentence = spellingDifference(of: missing, from: ["tt1", "7", "0"], in: "a.link")
    #expect(sentence?.contains(" in a.link but for \(difference): ") == true, "\(sentence ?? "")")
  }

  @Test func isNoCauseWhereNothingMatches() {
    #expect(spellingDifference(of: ["a"], from: ["b", "0"], in: "f") == nil)
    #expect(spellingDifference(of: [], from: ["b"], in: "f") == nil)
    #expect(
      spellingDifference(of: ["000"], from: ["0"], in: "f")?.contains("leading zeros") == true)
  }
}
