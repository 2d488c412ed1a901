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
      ("o,y", .copy), ("o,Down,Down,Down,Down,Enter", .copy), (":,text=write out,Enter,t", .text),
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
    #expect(nobody.overlay == nil && nobody.toast?.text.contains("no viewer") == true)
  }

  @Test("explains the selected item at the step on the screen, in every format")
  func formats() throws {
    let state = try little.run("Left,BTab,Down,Down").state
    let item = try #require(little.cache.scene(for: state).step?.recommendations[2])
    for format in ExportFormat.allCases {
      let (text, name) = try #require(little.cache.explanation(of: state, as: format))
      let token = little.session.model.items[Int(item.item)]
      #expect(name == ExplanationFile.name(["little", "guest0", "step5", token]))
      #expect(text.contains(format == .json ? "\"rank\"" : "Why"), "\(format)")
      #expect(text.contains(format == .json ? token : item.title), "\(format)")
    }
    let json = try #require(little.cache.explanation(of: state, as: .json)?.text)
    #expect(try JSONSerialization.jsonObject(with: Data(json.utf8)) is [String: Any])
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
