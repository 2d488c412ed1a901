import Foundation
import TestSupport
import Testing
import Text
import Workspace

@testable import ExplorerCore

@Suite("Keys and bindings")
struct InputTests {
  @Test("scripts are read item by item")
  func script() throws {
    #expect(
      try KeyScript.parse("Right, left ,w,Space,Comma,C-l,^L,F1,S-Left,BTab,pagedown,DC,text=a b")
        == [
          .right, .left, .character("w"), .character(" "), .character(","), .control("l"),
          .control("l"), .function(1), .shiftLeft, .backTab, .pageDown, .delete, .character("a"),
          .character(" "), .character("b"),
        ])
    #expect(
      try KeyScript.parse("Click@12:5,WheelUp@0:1,WheelDown@2:3,Resize@80x24") == [
        .click(Point(column: 12, row: 5)), .wheelUp(Point(column: 0, row: 1)),
        .wheelDown(Point(column: 2, row: 3)), .resize(Size(columns: 80, rows: 24)),
      ])
    #expect(try KeyScript.parse("  ") == [])
    #expect(
      try KeyScript.parse("侍,?,C-m,C-i") == [.character("侍"), .character("?"), .enter, .tab])
  }

  @Test(
    "what is no key is named by its number",
    arguments: [
      ("Right,,w", "Key 2 is empty"), (",", "Key 1 is empty"), ("Right,Rihgt", "Key 2, \"Rihgt\""),
      ("F13", "Key 1, \"F13\""), ("C-12", "Key 1"), ("Click@1", "Key 1"), ("Click@-1:2", "Key 1"),
      ("Resize@0x9", "Key 1"), ("wq", "text=wq"),
    ])
  func errors(text: String, part: String) throws {
    let failure = try #require(throws: UserError.self) { try KeyScript.parse(text) }
    #expect(failure.description.contains(part), "\(failure)")
  }

  @Test("every name of a key reads back as that key")
  func names() throws {
    for (name, key) in Key.names {
      let keys = try KeyScript.parse(name)
      #expect(keys == [key])
    }
  }

  @Test("no key means two things in one context")
  func bindingsAreUnique() {
    for context in Context.allCases {
      var seen: [Key: String] = [:]
      for binding in Bindings.of(context) {
        for key in binding.keys {
          #expect(seen[key] == nil, "\(key.label(.unicode)): \(binding.title), \(seen[key] ?? "")")
          seen[key] = binding.title
          #expect(Bindings.command(for: key, in: context) == binding.command)
        }
      }
    }
  }

  @Test("every command has a key, and every binding a sentence")
  func bindingsAreComplete() throws {
    let commands = try FileManager.default
      .subpathsOfDirectory(atPath: TestEnvironment.root + "/Sources/ExplorerCore")
      .filter { $0.hasSuffix(".swift") }
      .flatMap { path in
        try String(
          contentsOfFile: TestEnvironment.root + "/Sources/ExplorerCore/" + path, encoding: .utf8
        ).matches(of: /= Command\("([^"]*)"\)/).map { String($0.output.1) }
      }
    #expect(commands.count > 90 && Set(commands).count == commands.count)
    #expect(Set(Bindings.all.map(\.command.rawValue)) == Set(commands))
    for binding in Bindings.all {
      #expect(!binding.keys.isEmpty && !binding.contexts.isEmpty)
      #expect(binding.help.last == "." && binding.help.first?.isUppercase == true)
      #expect(!binding.title.isEmpty && Nouns().fill(binding.title).count <= 12)
      for key in binding.keys {
        #expect(!key.label(.unicode).isEmpty)
        #expect(key.label(.ascii).unicodeScalars.allSatisfy { $0.isASCII })
      }
    }
  }

  @Test("lists keep letters for typing")
  func lettersInLists() {
    for binding in Bindings.of(.menu) {
      for case .character in binding.keys { Issue.record("\(binding.title) takes a letter") }
    }
  }

  @Test("text is typed and deleted")
  func textField() throws {
    var field = TextField()
    func take(_ key: Key) -> Bool { field.take(key) }
    for key in try KeyScript.parse("text=rear window,BSpace,C-w,x") { #expect(take(key)) }
    #expect(field.text == "rear x")
    #expect(take(.control("u")))
    #expect(take(.backspace))
    #expect(field.text == "")
    #expect(!take(.left))
    for _ in 0..<1000 { _ = field.take(.character("x")) }
    #expect(field.text.count == TextField.limit)
  }
}
