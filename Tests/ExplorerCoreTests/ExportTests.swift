import AtomicFiles
import Foundation
import Testing
import Workspace

@testable import ExplorerCore

@Suite("Writing explanations out")
struct ExportTests {
  private let little: LittleData

  init() throws { little = try LittleData() }

  @Test("o asks for the format; a key, a click or Enter chooses one")
  func menu() throws {
    #expect(try little.run("o").state.context == .export)
    for (keys, format) in [
      ("o,Enter", ExportFormat.text), ("o,Down,Enter", .json), ("o,s", .svg), ("o,j", .json),
      ("o,y", .copy), ("o,p", .picture), ("o,Down,Down,Down,Down,Down,Enter", .copy),
      (":,text=write out,Enter,t", .text),
    ] {
      let end = try little.run(keys)
      #expect(end.effects == [.export(format)], "\(keys)")
      #expect(end.state.overlay == nil)
    }
    #expect(try little.run("o,Escape").effects.isEmpty)
    #expect(try little.run("o,z").state.overlay != nil, "other keys do nothing")
    let cache = SceneCache(Session(little.session.model), name: "m")
    let nobody = Explorer.run(
      [.character("o")], from: State(size: Size(columns: 80, rows: 24)), with: cache,
      glyphs: .unicode
    ).state
    #expect(nobody.overlay == nil && nobody.toast?.text.contains("no viewer is open") == true)
  }

  @Test("explains the selected item at the step on the screen, in every format")
  func formats() throws {
    let state = try little.run("Left,BTab,Down,Down").state
    let item = try #require(little.cache.scene(for: state).step?.recommendations[2])
    for format in ExportFormat.allCases where format != .picture {
      let (text, name) = try #require(try export(state, format))
      let token = little.session.model.items[Int(item.item)]
      #expect(name == ExplanationFile.name(["little", "guest0", "step5", token]))
      #expect(text.contains(format == .json ? "\"rank\"" : "Why"), "\(format)")
      #expect(text.contains(format == .json ? token : item.title), "\(format)")
    }
    _ = try object(state)
  }

  @Test("answers the question on the screen: its item, contrast, edits and check")
  func question() throws {
    let model = little.session.model
    func token(_ item: Int32?) throws -> String { model.items[Int(try #require(item))] }

    var state = try little.run("w,f,text=marn,Enter,a,x,x,!").state
    var why = try #require(little.cache.scene(for: state).why)
    var json = try object(state)
    #expect((json["item"] as? [String: Any])?["token"] as? String == (try token(why.item)))
    #expect(json["over"] as? String == "rivals")
    #expect(Float((json["score"] as? NSNumber)?.doubleValue ?? 0) == why.contributions.score)
    let checks = try #require(json["checks"] as? [[String: Any]])
    #expect((checks.first?["withoutSteps"] as? [Int])?.count == 2)
    #expect(
      try #require(try export(state, .text)).text.contains("Checked by running the model again"))

    state = try little.run("w,V,text=marn,Enter").state
    json = try object(state)
    why = try #require(little.cache.scene(for: state).why)
    guard case .item(let other) = why.contrast else { throw Missing("a contrast with an item") }
    #expect(json["over"] as? String == (try token(other)))

    // An edited history may be longer than the one that it came from.
    state = try little.run("End,e,a,text=shin,Enter,o").state
    json = try object(state)
    let history = try #require(json["history"] as? [[String: Any]])
    #expect(
      history.last?["token"] as? String
        == (try token(little.cache.scene(for: state).user?.rows.last?.item)))
    #expect(json["edit"] as? String == state.edits.text)
    #expect(try #require(try export(state, .text)).text.contains("edited:"))
  }

  @Test("what leaving out does is taken over where it is known, to the same report")
  func known() throws {
    let state = try little.run("w").state
    let before = try #require(try export(state, .json))
    while little.cache.work(for: state) {}
    let after = try #require(try export(state, .json))
    #expect(before.name == after.name)
    let (old, new) = (try object(before.text), try object(after.text))
    #expect(old["history"] as? NSArray == new["history"] as? NSArray)
  }

  @Test("writes the other views, too: the comparison, the map, the model as a whole")
  func views() throws {
    for (keys, name, key, count) in [
      ("c,Left,Left", "little-guest0-step4-compared", "relations", 3),
      ("m", "little-map", "items", little.session.model.items.count - 1),
      ("d", "little-model", "model", nil), ("W", "little-population", "cases", nil),
    ] as [(String, String, String, Int?)] {
      var state = try little.run(keys).state
      while little.cache.work(for: state) {}
      // A text has no colours.
      var uncoloured = state
      uncoloured.hasColors = false
      let screen = Explorer.render(
        uncoloured, little.cache.scene(for: state), glyphs: .unicode
      ).canvas
      let text = try #require(try export(state, .text))
      #expect(text.text == screen.text, "\(keys)")
      #expect(text.name == name)
      let json = try object(state)
      #expect(count == nil || (json[key] as? [Any])?.count == count, "\(keys): \(json.keys)")
      #expect(json[key] != nil)
      for format in [ExportFormat.svg, .picture] {
        let svg = try #require(try export(state, format)).text
        #expect(svg.hasPrefix("<svg") && svg.hasSuffix("</svg>\n"))
        #expect(XMLReader.isWellFormed(svg), "\(keys), \(format)")
        // A figure is no screen: it has neither its keys nor its frame.
        let isScreen = svg.contains(">close<") || svg.contains(">help<")
        #expect(isScreen == (format == .picture), "\(keys), \(format)")
      }
      state =
        Explorer.run(
          [.character("o")], from: state, with: little.cache, glyphs: .unicode
        ).state
      #expect(state.context == .export, "o works there: \(keys)")
    }
  }

  @Test("a comparison is written with the numbers on the screen")
  func comparison() throws {
    let state = try little.run("c,Left,Left").state
    let scene = try #require(little.cache.scene(for: state).comparison)
    let json = try object(state)
    for (side, key) in [(scene.pinned, "a"), (scene.live, "b")] {
      let written = try #require(json[key] as? [String: Any])
      #expect(written["title"] as? String == side.title)
      let items = try #require(written["recommendations"] as? [[String: Any]])
      #expect(items.map { $0["name"] as? String } == side.step.recommendations.map(\.title))
      #expect(items.map { $0["rank"] as? Double } == side.step.recommendations.map(\.rank))
    }
    #expect(json["overlap"] as? Int == scene.shared.count)
  }

  @Test("the screen as a drawing holds every word of it, in every theme")
  func picture() throws {
    for theme in Theme.all {
      var state = try little.run("w").state
      state.theme = theme
      let svg = try #require(try export(state, .picture)).text
      #expect(XMLReader.isWellFormed(svg))
      for word in ["History", "Why", "step"] where theme == .standard {
        #expect(svg.contains(">\(word)<"), "\(word)")
      }
      #expect(svg.contains(theme == .dark ? "#16181d" : "#ffffff"))
    }
  }

  private func export(
    _ state: State, _ format: ExportFormat
  ) throws -> (text: String, name: String)? {
    try little.cache.export(of: state, as: format, glyphs: .unicode)
  }

  private func object(_ state: State) throws -> [String: Any] {
    try object(try #require(try export(state, .json)).text)
  }

  private func object(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  private struct Missing: Error {
    let what: String
    init(_ what: String) { self.what = what }
  }

  @Test("names are made of letters, digits, dots and dashes, and none is hidden")
  func names() {
    #expect(ExplanationFile.name(["cinema", "30", "step7", "a b/c"]) == "cinema-30-step7-a-b-c")
    #expect(ExplanationFile.name(["..", "x"]) == "-.-x")
    #expect(ExplanationFile.name(["七人", "\u{1B}[2J"]) == "七人---2J")
    #expect(ExplanationFile.name([String(repeating: "x", count: 500)]).count == 40)
  }

  @Test("never writes over a file, and says in a sentence why it cannot write")
  func writing() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("ksr-export-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for (text, file) in [("one", "why.txt"), ("two", "why-2.txt"), ("three", "why-3.txt")] {
      #expect(try ExplanationFile.write(text, named: "why", as: .text, in: folder) == file)
    }
    #expect(try String(contentsOfFile: folder + "/why.txt", encoding: .utf8) == "one")
    // A link that leads nowhere is a file, too.
    try FileManager.default.createSymbolicLink(
      atPath: folder + "/link.svg", withDestinationPath: folder + "/nowhere")
    #expect(try ExplanationFile.write("x", named: "link", as: .svg, in: folder) == "link-2.svg")
    #expect(throws: DataError.self) {
      try ExplanationFile.write("x", named: "why", as: .json, in: folder + "/none")
    }
  }
}

/// Whether a text is well-formed XML: tags that close, no bare signs.
private enum XMLReader {
  static func isWellFormed(_ text: String) -> Bool {
    var open: [Substring] = []
    var rest = text[...]
    while let start = rest.firstIndex(of: "<") {
      if rest[..<start].contains(">") { return false }
      guard let end = rest[start...].firstIndex(of: ">") else { return false }
      let tag = rest[rest.index(after: start)..<end]
      if tag.hasPrefix("/") {
        guard open.popLast() == tag.dropFirst() else { return false }
      } else if !tag.hasSuffix("/") {
        open.append(tag.prefix { $0 != " " && $0 != "\n" })
      }
      rest = rest[rest.index(after: end)...]
    }
    return open.isEmpty && !rest.contains(">")
  }
}
