import Foundation
import TestSupport
import Testing

/// `--edit` of `ksr recommend` and `ksr explain`.
@Suite("ksr --edit")
struct EditCommandTests {
  private let data = TestEnvironment.fixture("explorer/little")

  private func run(_ arguments: String...) throws -> (status: Int32, output: String) {
    let run = try Programs.run(
      try Programs.executable("ksr"), arguments, environment: ["LC_ALL=C.UTF-8"])
    return (run.status, run.output)
  }

  private func json(_ arguments: String...) throws -> [String: Any] {
    let run = try Programs.run(
      try Programs.executable("ksr"),
      arguments + [data + "/little.safetensors", "--data", data, "--viewer", "guest0"],
      environment: ["LC_ALL=C.UTF-8"])
    #expect(run.status == 0, "\(run.output)")
    return try #require(
      JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
  }

  @Test("recommendations of an edited run tell where each item stood before")
  func recommend() throws {
    let plain = try json("recommend", "--json", "--step", "6")
    let edited = try json("recommend", "--json", "--step", "5", "--edit", "-5,silence:directed_by")
    #expect(edited["edit"] as? String == "-5,silence:film.film.directed_by")
    #expect(plain["edit"] == nil && plain["gone"] == nil)
    func rows(_ object: [String: Any]) throws -> [[String: Any]] {
      try #require(object["recommendations"] as? [[String: Any]])
    }
    var before: [String: Double] = [:]
    for row in try rows(plain) {
      before[row["token"] as? String ?? ""] = row["score"] as? Double
      #expect(row["rankBefore"] == nil)
    }
    for row in try rows(edited) {
      let token = try #require(row["token"] as? String)
      if let score = before[token] { #expect(row["scoreBefore"] as? Double == score) }
      #expect(row["rankBefore"] is Double)
    }
    // An unchanged history gives the same bytes but for what is said of the edits.
    let same = try json("recommend", "--json", "--step", "6", "--edit", ">2:1,>2:1")
    #expect(
      try rows(same).map { $0["score"] as? Double } == rows(plain).map { $0["score"] as? Double })
    #expect((same["gone"] as? [Any])?.isEmpty == true)
  }

  @Test("the explanation of an edited run adds up to its score")
  func explain() throws {
    let edited = try json(
      "explain", "--format", "json", "--edit", "-5,boost:genre*4,gamma:1", "--item", "psycho")
    #expect(edited["edit"] as? String == "-5,boost:film.film.genre*4,gamma:1")
    let history = try #require(edited["history"] as? [[String: Any]])
    let sum = history.reduce(0.0) { $0 + ($1["written"] as? Double ?? .nan) }
    let score = try #require(edited["score"] as? Double)
    let (bias, residual) = (
      edited["bias"] as? Double ?? .nan, edited["residual"] as? Double ?? .nan
    )
    #expect(abs(sum + bias + residual - score) < 1e-4)
    #expect(abs(residual) < 1e-4 * max(1, abs(score)))
    #expect((edited["unedited"] as? [String: Any])?["rank"] is Double)
  }

  @Test(
    "what cannot be edited is said in a sentence",
    arguments: [
      ("-9,-9", "character 4, \"-9\""), ("+1:psyco", "Psycho (psycho)"),
      ("silence:genra", "the nearest is genre"), ("gamma:x", "not a number"),
    ])
  func failures(edit: String, part: String) throws {
    let run = try run(
      "recommend", data + "/little.safetensors", "--data", data, "--viewer", "guest0", "--edit",
      edit)
    #expect(run.status == 1)
    #expect(run.output.contains(part), "\(run.output)")
  }
}
