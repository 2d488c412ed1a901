import Foundation
import TestSupport
import Testing
import Workspace

@testable import ExplorerCore

@Suite("Commands, words and keys")
struct PaletteTests {
  private let little: LittleData

  init() throws { little = try LittleData() }

  private func text(_ keys: String) throws -> String {
    try little.text(keys, columns: 80, rows: 24)
  }

  @Test("finds commands by words in any order and by keys, and does them")
  func commands() throws {
    #expect(try little.run(":,text=why,Enter").state.showsWhy)
    #expect(try little.run(":,text=history first step,Enter").state.step == 5, "no such command")
    #expect(try little.run(":,text=step first,Enter").state.step == 0)
    #expect(try little.run(":,text=next-theme,Enter").state.theme != .standard)
    #expect(try little.run(":,text=q,Enter").effects == [.quit])
    #expect(try little.run(":,text=tour,Enter").state.tour != nil)
    #expect(try little.run(":,Escape").state.overlay == nil)
    #expect(try text(":,text=zzz").contains("No command has these words"))
  }

  @Test(
    "every command of the panes is there, but for those that need a digit, an edit, a comparison or a second model"
  )
  func complete() throws {
    let scene = try little.scene(":")
    let state = try little.run(":").state
    let commands = PaletteMenu().rows(state, scene, .terms(.unicode), .unicode).map { row in
      if case .command(let binding) = row { binding.command } else { Command.jump }
    }
    let wanted = Bindings.all.filter { !$0.contexts.isDisjoint(with: [.main, .why]) }
      .map(\.command).filter {
        ![.jump, .palette, .undo, .redo, .compareModels, .applySmallest, .patch].contains($0)
      }
    #expect(commands == wanted)
  }

  @Test("goes to a viewer and to a step that are named")
  func named() throws {
    let fay = little.session.users.firstIndex { $0.user == "fay" }
    #expect(try little.run(":,text=viewer fay,Enter").state.user == fay)
    #expect(try little.run(":,text= Viewer  fay ,Enter").state.user == fay)
    #expect(try little.run(":,text=step 7,Enter").state.step == 6)
    #expect(try little.run(":,text=2,Enter").state.step == 1)
  }

  @Test("says what does not exist, and stays open")
  func missing() throws {
    for (typed, sentence) in [
      ("viewer nobody", "There is no viewer \"nobody\" among the 8."),
      ("step 10", "There is no step 10: viewer guest0 has steps 1 to 9."),
      ("0", "There is no step 0: viewer guest0 has steps 1 to 9."),
      ("step 99999999999999999999", "viewer guest0 has steps 1 to 9."),
      ("step here", "There is no step here"),
    ] {
      #expect(try text(":,text=\(typed)").contains(sentence), "\(typed)")
      let state = try little.run(":,text=\(typed),Enter").state
      #expect(state.menu?.filter.text == typed && state.step == 5)
    }
    let cache = SceneCache(Session(little.session.model), name: "m")
    for (typed, sentence) in [
      ("step 3", "There is no history to step through"), ("viewer x", "opened without data"),
    ] {
      let state = Explorer.run(
        try KeyScript.parse(":,text=\(typed)"), from: State(size: Size(columns: 80, rows: 24)),
        with: cache, glyphs: .ascii
      ).state
      let frame = Explorer.render(state, cache.scene(for: state), glyphs: .ascii)
      #expect(frame.canvas.text.contains(sentence))
    }
  }

  @Test("finds what a sign, a letter or the name of a number means")
  func signs() throws {
    for (typed, sentence) in [
      ("alpha", "Attention: the share"), ("gate", "has overwritten"),
      ("gamma", "attention's logits"),
      ("cosine", "1 the same, 0 unrelated"), ("residual", "rounding leaves"),
      ("bogus-none", "No command has these words"), ("ndcg", "How high the ground truth"),
    ] {
      #expect(try text(":,text=\(typed)").contains(sentence), "\(typed)")
    }
    #expect(try little.run(":,text=α,Enter").state.overlay != nil, "a meaning is nothing to do")
  }

  @Test("offers only what does something")
  func offers() throws {
    let cache = SceneCache(Session(little.session.model), name: "m")
    let open = try KeyScript.parse(":")
    let state = Explorer.run(
      open, from: State(size: Size(columns: 80, rows: 24)), with: cache, glyphs: .unicode
    ).state
    let rows = PaletteMenu().rows(
      state, cache.scene(for: state), .terms(.unicode), .unicode)
    let commands = rows.compactMap {
      if case .command(let binding) = $0 { binding.command } else { nil }
    }
    for command in [
      Command.why, .tour, .stepForward, .find, .export, .users, .hideSeen, .edit, .compare,
      .diagnose,
    ] {
      #expect(!commands.contains(command), "\(command)")
    }
    #expect(commands.contains(.ownUser) && commands.contains(.quit))
    for (keys, has, hasNot) in [
      ("v", "^S sort", "scroll"), ("/", "Enter go there", "sort"), ("?", "↑↓ select", "do it"),
      ("?,text=leave the explorer", "Enter do it", "↑↓"), (":", "Enter do it", "sort"),
      (":,text=alpha", "Esc close", "do it"), ("/,text=zzz", "^F why any film", "Enter"),
      ("i", "↑↓ scroll", "sort"), ("o", "Enter write", "sort"), ("e,a", "Enter put in", "do it"),
      ("w,f", "Enter explain", "^F"), ("w,V", "Enter compare", "do it"),
      ("v,text=zz", "Esc close", "sort"),
    ] {
      // Below the footer are the edits, if there are any.
      let footer = try text(keys).split(separator: "\n").suffix(2).joined(separator: "\n")
      #expect(footer.contains(has) && !footer.contains(hasNot), "\(keys): \(footer)")
    }
    #expect(try !text("v").split(separator: "\n").last!.contains("delete"))
    let own = try text("n,text=ver,Enter,Escape,Enter,v,Home")
    #expect(own.split(separator: "\n").last!.contains("^D delete"))
  }

  @Test("p takes plain words for the field's terms, and back")
  func plainWords() throws {
    let terms = try little.text("", columns: 120, rows: 36)
    let plain = try little.text("p,Tab,BTab", columns: 120, rows: 36)
    for word in ["GRU state", "α", " z ", "cos(h_t", "hits@10", "bias"] {
      #expect(terms.contains(word), "\(word)")
      #expect(!plain.contains(word), "\(word)")
    }
    for word in ["attention", "chance", "always", "like the last"] {
      #expect(plain.contains(word), "\(word)")
    }
    #expect(try little.text("p,p,Tab,BTab", columns: 120, rows: 36) == terms)
  }

  @Test("no term of the field is left on any screen in plain words")
  func noTerms() throws {
    // Names of the model's settings and tensors are names, and stand in the help in both words.
    let terms = [
      "α", "γ", "GRU", "NDCG", "hits@", "cos ", "cosine", "h_t", "held out", "slot",
      "residual", "entropy", "softmax", "embedding", "fitted",
    ]
    for keys in ["", "w", "Tab", "v", "/", "Enter", "i", "i,End", "o", "n,text=ver,Enter", "t"] {
      for (columns, rows) in [(80, 24), (120, 36), (200, 60), (40, 12)] {
        let screen = try little.text(
          "p,\(keys.isEmpty ? "Tab,BTab" : keys)", columns: columns, rows: rows)
        for term in terms where screen.contains(term) {
          Issue.record("\(term) at \(columns)x\(rows) after \(keys):\n\(screen)")
        }
      }
    }
    let stops = little.cache.tour().map { $0.sentence(isPlain: true) }
    for term in terms { #expect(!stops.contains { $0.contains(term) }, "\(term)") }
    let legend = Legend.entries(.plain, .unicode)
    for entry in legend {
      for term in terms { #expect(!"\(entry.sign) \(entry.text)".contains(term), "\(entry)") }
    }
  }

  @Test("the table of keys in the documentation is that of the bindings")
  func keysPage() throws {
    let page = try String(contentsOfFile: TestEnvironment.page("Keys"), encoding: .utf8)
    let begin = try #require(page.range(of: Bindings.marks.begin))
    let end = try #require(page.range(of: Bindings.marks.end))
    #expect(
      page[begin.upperBound..<end.lowerBound] == "\n\(Bindings.markdown)\n",
      "put the output of `ksr-tui --keys-table` between the two marks")
  }
}
