import Randomness
import Testing
import Text

@testable import Explanation

@Suite("Edits as text")
struct EditGrammarTests {
  @Test("every form is read, with blanks around it")
  func forms() throws {
    let text =
      "-3, +5:tt0111161 ,=7:Rear Window,>4:2,cut:12,silence:genre,boost:actor*2,force:director,"
      + "gamma:1"
    let script = try EditScript(parsing: text)
    #expect(
      script.edits == [
        .delete(step: 2), .insert(at: 4, item: "tt0111161"),
        .replace(step: 6, item: "Rear Window"), .move(step: 3, to: 1), .cut(after: 11),
        .silence(relation: "genre"), .boost(relation: "actor", factor: 2),
        .force(relation: "director"), .gamma(1),
      ])
    #expect(
      script.text
        == "-3,+5:tt0111161,=7:Rear Window,>4:2,cut:12,silence:genre,boost:actor*2,force:director,"
        + "gamma:1")
    #expect(try EditScript(parsing: " ").edits.isEmpty)
    #expect(
      try EditScript(parsing: "GAMMA:.5,boost:a*b:c*1e-3").text == "gamma:0.5,boost:a*b:c*0.001")
    #expect(
      try EditScript(parsing: "+1:100% Wolf%2C the film").edits
        == [.insert(at: 0, item: "100% Wolf, the film")])
  }

  @Test("what is printed reads back as the same edits, whatever the tokens", arguments: 0..<200)
  func printedReadsBack(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let script = EditScript((0..<random.integer(below: 6)).map { _ in edit(&random) })
    let text = script.text
    let again = try EditScript(parsing: text)
    #expect(again == script, "\(text)")
    #expect(again.text == text)
    #expect(zip(again.sources, script.sources).allSatisfy { $0 == $1 })
  }

  private func edit(_ random: inout SeededGenerator) -> Edit {
    let (a, b) = (random.integer(below: 1000), random.integer(below: 1000))
    switch random.integer(below: 11) {
    case 0: return .delete(step: a)
    case 1: return .insert(at: a, item: token(&random))
    case 2: return .replace(step: a, item: token(&random))
    case 3: return .move(step: a, to: b)
    case 4: return .cut(after: a)
    case 5: return .silence(relation: token(&random))
    case 6: return .boost(relation: token(&random), factor: factor(&random))
    case 7: return .force(relation: token(&random))
    case 8: return .patchState(from: pin(&random))
    case 9: return .patchSlot(relation: token(&random), from: pin(&random))
    default: return .gamma(random.integer(below: 9) == 0 ? 0 : min(factor(&random), 1e6))
    }
  }

  private func pin(_ random: inout SeededGenerator) -> String {
    let inner: [Edit] = [
      .delete(step: 2), .insert(at: 0, item: token(&random)),
      .patchSlot(relation: token(&random), from: "a@b:3"),
    ]
    return PinRequest(
      user: token(&random), step: random.integer(below: 99),
      script: EditScript(Array(inner.prefix(random.integer(below: 4))))
    ).text
  }

  private func factor(_ random: inout SeededGenerator) -> Float {
    switch random.integer(below: 4) {
    case 0: Float(1 + random.integer(below: 20))
    case 1: random.uniform(1e-20, 1e-9)
    case 2: random.uniform(1e6, 1e30)
    default: random.uniform(0.001, 40)
    }
  }

  /// Tokens of signs that mean something in the grammar, and of those that join their neighbours.
  private func token(_ random: inout SeededGenerator) -> String {
    let signs: [Unicode.Scalar] = [
      ",", ":", "*", "%", "@", "+", "-", "=", ">", " ", "\t", "2", "C", "a", "é", "侍", "\u{301}",
      "\u{200D}", "\u{600}", "\u{A0}", "\u{1F3FB}", "\r", "\n", "\u{7F}",
    ]
    var token = String.UnicodeScalarView()
    for _ in 0...random.integer(below: 6) {
      token.append(signs[random.integer(below: signs.count)])
    }
    return String(token)
  }

  @Test(
    "what is no edit is named with its place and what would be accepted",
    arguments: [
      ("-3,,-4", 4, "nothing stands between"), ("-3, x", 5, "expected -N, +N:ITEM"),
      ("-0", 1, "steps count from 1"), ("-x", 1, "\"x\" is no step"), ("-", 1, "is no step"),
      ("+5", 1, "+5:ITEM"), ("+5:", 1, "a token is missing"), ("=a:b", 1, "is no step"),
      (">4", 1, "two steps"), (">4:", 1, "is no step"), ("silense:genre", 1, "nearest is silence:"),
      ("cut:1.5", 1, "cut:12"), ("gamma:-1", 1, "0 or more"), ("gamma:inf", 1, "not a number"),
      ("gamma:0x1p3", 1, "not a number"), ("gamma:1e7", 1, "at most 1000000"),
      ("boost:genre", 1, "a factor"),
      ("boost:genre*0", 1, "silence:RELATION"), ("boost:*2", 1, "a token is missing"),
      ("-99999999999999999999", 1, "is no step"), ("-1,侍:2", 4, "there is no edit"),
      ("gru:42", 1, "expected USER:STEP"), ("gru:42:0", 1, "count from 1"),
      ("gru:", 1, "a token is missing"), ("slot:genre", 1, "slot:RELATION@42:6"),
      ("-1,slot:@42:6", 4, "a token is missing"), ("slot:genre@42", 1, "expected USER:STEP"),
      ("gru:42:6:-0", 1, "steps count from 1"),
    ])
  func failures(text: String, position: Int, part: String) throws {
    let failure = try #require(throws: UserError.self) { try EditScript(parsing: text) }
    #expect(failure.description.contains(part), "\(failure)")
    #expect(failure.description.hasPrefix("edit, character \(position), "))
  }

  @Test("no bytes make the reader fall over", arguments: 0..<100)
  func fuzz(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let signs = Array("+-=>:,*%0123456789cutboostgammasilenceforce. 侍\u{301}")
    for _ in 0..<50 {
      let text = String(
        (0..<random.integer(below: 20)).map { _ in signs[random.integer(below: signs.count)] })
      if let script = try? EditScript(parsing: text) {
        #expect((try? EditScript(parsing: script.text)) == script)
      }
    }
  }
}
