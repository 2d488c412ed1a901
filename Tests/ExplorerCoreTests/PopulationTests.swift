import Explanation
import Foundation
import KSRModel
import Testing
import Workspace

@testable import ExplorerCore

@Suite("Explanations over many users")
struct PopulationViewTests {
  private let little: LittleData

  init() throws { little = try LittleData() }

  /// The state after some keys, when everybody has been evaluated.
  private func open(_ keys: String = "W", columns: Int = 120, rows: Int = 40) throws -> State {
    let state = try little.run(keys, columns: columns, rows: rows).state
    while little.cache.work(for: state) {}
    return state
  }

  private func report(_ state: State) throws -> PopulationReport {
    while little.cache.work(for: state) {}
    return try #require(little.cache.scene(for: state)[PopulationScene.self]?.report)
  }

  @Test("keys and clicks select; Tab goes to the next part; W and Esc close")
  func keys() throws {
    let state = try open()
    let last = try report(state).ages.count - 1
    func row(_ keys: String) throws -> Int? {
      try little.run(keys, from: state).state.view(PopulationView.self)?.row
    }
    #expect(try row("Up") == 0 && row("Down") == 1 && row("End,Down") == last)
    #expect(try row("PageDown,PageDown,g") == 0 && row("WheelDown@5:5") == 1)
    #expect(try row("Click@9:6") == 2)
    #expect(try row("W") == nil && row("Escape") == nil)
    #expect(try little.run("Tab,y", from: state).effects.description.contains("--keys W,Tab"))
  }

  @Test("a slice that is opened has ages and relations of its own")
  func slices() throws {
    let state = try open()
    let slices = try report(state).slices
    let place = try #require(slices.firstIndex { (1..<8).contains($0.users) })
    let downs = String(repeating: ",Down", count: place)
    let chosen = try little.run("Tab,Tab\(downs),Enter", from: state).state
    let part = try report(chosen)
    #expect(part.slice == slices[place].name)
    #expect(part.ages.first?.lost.users == slices[place].users)
    #expect(little.frame(chosen).canvas.text.contains("of: \(slices[place].name)"))
  }

  @Test("is drawn at every size")
  func sizes() throws {
    for keys in ["W", "W,Tab", "W,Tab,Tab"] {
      for columns in stride(from: 1, through: 130, by: 9) {
        for rows in [1, 6, 12, 24, 40] {
          let frame = little.frame(try open(keys, columns: columns, rows: rows))
          #expect(frame.canvas.size == Size(columns: columns, rows: rows))
        }
      }
    }
  }

  @Test(
    "screen, JSON and figure say the same of every age, relation and slice", arguments: [0, 1, 2])
  func agreement(part: Int) throws {
    let keys = ["W", "W,Tab", "W,Tab,Tab"][part]
    let state = try open(keys, columns: 160, rows: 60)
    let lines = little.frame(state).canvas.text.split(separator: "\n").map(String.init)
    let json = try #require(try little.cache.export(of: state, as: .json, glyphs: .unicode)).text
    let object = try #require(
      JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    let body = try #require(object["report"] as? [String: Any])
    #expect(body["evaluatedUsers"] as? Int == 8)
    #expect((object["cases"] as? [Any])?.count == 8)
    let figure = try #require(try little.cache.export(of: state, as: .svg, glyphs: .unicode)).text
    let texts = figure.split(separator: "<text").compactMap { piece -> String? in
      guard let start = piece.firstIndex(of: ">"), let end = piece.firstRange(of: "</text>")
      else { return nil }
      return String(piece[piece.index(after: start)..<end.lowerBound])
    }
    /// A number of the figure as on the screen.
    func plain(_ text: String) -> String {
      let text = text.replacing(/\b0\./, with: ".")
      return text.replacing(/[+−](\.0+)\b/) { " " + $0.output.1 }
    }
    let name = ["ages", "relations", "slices"][part]
    let rows = try #require(body[name] as? [[String: Any]])
    #expect(!rows.isEmpty)
    let report = try report(state)
    let places = PopulationReport.places(for: [report.ages, report.relations, []][part])
    let names = try rows.map { try #require($0["name"] as? String) }
    let shown = part == 1 ? Glyphs.unicode.labels(names, width: 16) : names
    for (row, (label, shown)) in zip(rows, zip(names, shown)) {
      let line = try #require(
        lines.first {
          let text = $0.drop { $0 == " " || $0 == "│" }
          return text.hasPrefix(shown + " ")
        }, "\(label)")
      func number(_ key: String, of values: [String: Any]) -> Double? { values[key] as? Double }
      var expected: [String] = []
      if let lost = row["lost"] as? [String: Any] {
        expected = ["mean", "low", "high", "lowerQuartile", "upperQuartile"].compactMap {
          number($0, of: lost).map { Glyphs.unicode.signed($0, places: places) }
        }
        expected += ["share", "sequence"].compactMap {
          number($0, of: row).map { Glyphs.unicode.probability(Float($0)) }
        }
        let users = try #require(lost["users"] as? Int)
        #expect(line.contains(" \(users)"))
      } else {
        expected = ["last", "nextFour", "older", "lostWithoutRelation"].compactMap { key in
          number(key, of: row).map {
            Glyphs.unicode.signed($0, places: key == "lostWithoutRelation" ? 3 : 2)
          }
        }
      }
      #expect(!expected.isEmpty || row["users"] as? Int == 0)
      let inFigure = part == 1 && label.count > 20 ? "…" + label.suffix(19) : label
      let place = try #require(texts.firstIndex(of: inFigure), "\(label) in the figure")
      let drawn = texts[place...].prefix(8).map(plain).joined(separator: " ")
      for text in expected {
        #expect(line.contains(text.trimmingCharacters(in: .whitespaces)), "\(label): \(text)")
        #expect(
          drawn.contains(text.trimmingCharacters(in: .whitespaces)), "\(label): \(text) in \(drawn)"
        )
      }
    }
  }

  @Test("every user has a dot in the strip of a relation")
  func dots() throws {
    let report = try report(try open("W,Tab"))
    let range = PopulationReport.range(of: report.relations)
    for row in report.relations {
      for width in [1, 7, 60] {
        #expect(row.lost.counts(in: range, cells: width).reduce(0, +) == 8)
      }
    }
  }

  @Test("without viewers the key is not offered, and a sentence says so")
  func withoutUsers() throws {
    let cache = SceneCache(.init(little.session.model), name: "m")
    var state = State(size: Size(columns: 80, rows: 24))
    state = Explorer.run([.character("W")], from: state, with: cache, glyphs: .unicode).state
    while cache.work(for: state) {}
    let text = Explorer.render(state, cache.scene(for: state), glyphs: .unicode).canvas.text
    #expect(text.contains("No viewers: the model has no data here"))
  }
}
