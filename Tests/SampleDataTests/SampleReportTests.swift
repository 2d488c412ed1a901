import Testing

@testable import SampleData

@Suite("The report about the sample")
struct SampleReportTests {
  @Test("The shared-tail rule names the true relation of at least .8 of the choices")
  func target() throws {
    let report = try Bundled.report.get()
    #expect(report.sharedRelationShare >= 0.8)
    #expect(report.sharedTailShare <= report.sharedRelationShare)
    #expect(report.foreseenRelationShare < report.sharedRelationShare)
    #expect(report.foreseenTailShare >= 0.4)
    #expect(report.text.contains("target: at least .8"))
  }

  @Test("The counts add up")
  func counts() throws {
    let sample = try Bundled.sample.get()
    let report = try Bundled.report.get()
    #expect(report.choices == sample.users.reduce(0) { $0 + $1.choices.count })
    #expect(report.noise + report.runs.reduce(0) { $0 + $1.choices } == report.choices)
    #expect(report.truths == report.runs.reduce(0) { $0 + $1.truths })
    #expect(report.shared.relation == report.runs.reduce(0) { $0 + $1.named })
    #expect(report.runs.allSatisfy { $0.shortest >= 1 && $0.longest <= 12 })
  }

  @Test("The rule weighs how many films have a tail, and looks at six films only")
  func rule() throws {
    let header = FilmTable.columns.joined(separator: "\t")
    let lines = (0..<12).map { number in
      let director = number < 3 ? "Ann Ash" : "Person \(number)"
      return "Film \(number)\t\(1950 + number)\t\(director)\t\tDrama\tFrance\tFrench\t\t"
    }
    let graph = FilmGraph(try FilmTable(([header] + lines).joined(separator: "\n")))
    let rule = SharedTailRule(graph)
    // Two films by one director count more than six dramas, since all films are dramas.
    let sums = rule.sums(recent: [3, 4, 5, 6, 0, 1])
    let best = try #require(rule.best(of: graph.tailsOfFilm[2], sums))
    #expect(graph.tails[best] == .init(relation: .director, entity: "person:ann-ash"))
    // The director's films are too far back.
    let later = rule.sums(recent: [0, 1, 3, 4, 5, 6, 7, 8])
    let other = try #require(rule.best(of: graph.tailsOfFilm[2], later))
    #expect(graph.tails[other].relation == .decade)
    #expect(rule.best(of: graph.tailsOfFilm[2], [:]) == nil)
  }
}
