import Testing
import Workspace

@testable import ExplorerCore

@Suite("What the signs mean")
struct LegendTests {
  private let little: LittleData

  init() throws { little = try LittleData() }

  @Test("the help begins with the signs of the pane that has the focus")
  func ofPane() throws {
    for (keys, pane) in [
      ("", Pane.history), ("Tab", .gruState), ("Tab,Tab", .memory), ("BTab", .recommendations),
      ("w", .why),
    ] {
      let state = try little.run(keys).state
      #expect(state.focus == pane)
      let signs = Legend.entries(
        .of(.unicode, isPlain: false, little.session.model.nouns), .unicode, first: [.pane(pane)])
      let mine = signs.prefix { $0.places.contains(.pane(pane)) }
      #expect(mine.count >= 4, "\(pane)")
      let help = little.frame(try little.run("?", from: state).state).canvas.text
      for entry in mine { #expect(help.contains(entry.text.prefix(50)), "\(entry.sign)") }
    }
  }

  @Test("the help begins with the signs of what is on the screen, and the palette finds them")
  func ofView() throws {
    let words = Terminology.of(.unicode, isPlain: false, little.session.model.nouns)
    for (keys, signs) in [
      ("d", ["leads", "ranks moved", "gate z", "NDCG@10 change without it", "Attention entropy"]),
      ("m", ["◆", "○", "1 2 3", "PCA", "▶"]), ("W", ["age", "share"]),
      ("c,Right", ["A B", "B-A", "total variation of α", "gone only", "cos"]),
      ("w", ["removal", "written", "rank", "sum / cell"]),
      ("e,d", ["moved", "new gone", "+ = >"]), ("Tab", [words.likePrevious]),
      ("i", ["split", "test", "validation", "sizes", "tensors", "attention"]),
      ("v", ["NDCG@10", "films", "last film"]), ("L", ["film just read", "came next"]),
    ] {
      var state = try little.run(keys).state
      state.watch = nil
      let opened = try little.run("F1", from: state).state
      let places = Legend.places(state)
      let here = Legend.entries(words, .unicode, first: places).prefix {
        !$0.places.isDisjoint(with: places)
      }
      let menu = try #require(opened.overlay as? HelpMenu, "\(keys)")
      let rows = menu.rows(opened, little.cache.scene(for: opened), words, .unicode)
      for (row, entry) in zip(rows, here) {
        guard case .sign(let sign) = row else { Issue.record("\(keys): a key comes first"); break }
        #expect(sign == entry)
      }
      for sign in signs { #expect(here.contains { $0.sign == sign }, "\(keys): \(sign)") }
    }
    let card = try little.run("i").state
    let help = try little.run("?", from: card).state
    #expect(help.overlay is HelpMenu)
    #expect(try little.run("Escape", from: help).state == card, "the card is there again")
    for word in ["banzhaf", "entropy", "cell", "leads", "PCA", "loss", "top-1", "total variation"] {
      let found = try little.text(":,text=\(word)")
      #expect(!found.contains("No command has these words"), "\(word)")
    }
  }

  @Test(
    "the model's card says among what targets were ranked",
    arguments: [
      ("full", "all films (full)"), ("uni100", "100 films drawn evenly (uni100)"),
      ("pop50", "50 films drawn by popularity (pop50)"),
    ])
  func modes(mode: String, words: String) throws {
    var model = little.session.model
    model.provenance.metrics = ["test NDCG@10": 0.5, "valid NDCG@10": 0.6]
    model.provenance.training["eval_args.mode.test"] = mode
    model.provenance.training["eval_args.mode.valid"] = nil
    let lines = Card(Session(model), name: "m", attention: nil).lines
    #expect(
      lines.first { $0.label == "test" }?.text == "NDCG@10\u{A0}.500; each ranked among \(words)")
    #expect(lines.first { $0.label == "validation" }?.text == "NDCG@10\u{A0}.600")
  }

  @Test("every sign and heading that the panes draw is explained, in both sets of signs and words")
  func complete() {
    for glyphs in [Glyphs.unicode, .ascii] {
      for words in [Terminology.terms(glyphs), .plain] {
        let signs = Legend.entries(words, glyphs).map(\.sign)
        let marks = glyphs.marks
        let wanted =
          [marks.train, marks.valid, marks.test, marks.truth, marks.seen, marks.unseen, marks.here]
          .map(String.init)
          + [
            words.attention, words.gate, words.probability, words.score, words.rank, words.hits,
            words.likePrevious, words.change, words.mostAlike, words.cosine, words.residual,
            words.sequence, words.constant, words.gamma, words.ndcg,
          ]
        for sign in wanted { #expect(signs.contains(sign), "\(sign)") }
        for sign in [marks.up, marks.down, marks.about, marks.times, marks.minus] {
          #expect(signs.contains { $0.unicodeScalars.contains(sign) }, "\(sign)")
        }
        #expect(Legend.entries(words, glyphs).count == Legend.entries(.plain, .unicode).count)
      }
    }
  }

  @Test("known facts beside a recommendation are those of the reasons")
  func sharedFacts() throws {
    let scene = try little.scene("w,BTab,Down")
    let why = try #require(scene.why)
    #expect(scene.sharedFacts[why.item] == why.facts.groups + why.facts.common)
    for size in ["80x24", "120x36", "200x60", "250x80", "40x12"] {
      let state = try little.run("Resize@\(size),BTab").state
      let frame = little.frame(state)
      let facts = little.cache.scene(for: state).sharedFacts
      #expect(!facts.isEmpty, "\(size)")
      let some = facts.values.compactMap(\.first).map(\.name)
      #expect(some.contains { frame.canvas.text.contains($0.prefix(8)) }, "\(size)")
      if size == "200x60" || size == "250x80" { #expect(facts.count == 12, "\(size)") }
    }
  }
}
