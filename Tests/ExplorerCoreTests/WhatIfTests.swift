import Explanation
import KSRModel
import Randomness
import Testing
import Text
import Workspace

@testable import ExplorerCore

@Suite("What if")
struct WhatIfTests {
  private let little: LittleData

  init() throws { little = try LittleData() }

  private func titles(_ state: State) -> [String] {
    little.cache.scene(for: state).user?.rows.map(\.title) ?? []
  }

  /// The keys from the sixth step of nine: 生きる, 七人の侍, 用心棒, Rear Window, Psycho, Vertigo.
  @Test(
    "keys edit the history in place",
    arguments: [
      ("e,d", "-6", 4), ("e,Up,d", "-5", 4), ("e,Down,d", "-7", 5), ("e,Up,d,d", "-5,-5", 3),
      ("e,a,text=psy,Enter", "+7:psycho", 6), ("e,i,text=psy,Enter", "+6:psycho", 6),
      ("e,Down,a,text=psy,Enter", "+8:psycho", 5), ("e,r,text=shin,Enter", "=6:shining", 5),
      ("e,Up,K", ">5:4", 5), ("e,Up,K,K,J", ">5:4", 5), ("e,Up,K,J", "", 5),
      ("e,Up,K,d", ">5:4,-4", 4), ("e,S-Down", ">6:7", 5),
      ("e,Up,Up,x", "cut:4", 3), ("e,PageUp,K", "", 5), ("e,PageDown,J", "", 5),
      ("e,PageDown,x", "", 5), ("e,a,text=zzz,Enter,Escape", "", 5), ("e,a,Escape", "", 5),
      ("e,Click@10:3,d", "-2", 4), ("e,Escape,Up,d", "", 4),
    ])
  func keys(keys: String, text: String, step: Int) throws {
    let state = try little.run(keys).state
    #expect(state.edits.text == text)
    #expect(state.step == step)
    let history = little.session.users.first { $0.user == "guest0" }
    let run = try EditedHistory(
      history?.items ?? [], EditScript(state.edits.edits), in: EditNames(little.session.model))
    #expect(titles(state) == run.items.map { little.session.model.itemNames[Int($0)] })
  }

  @Test("an edited run past the window comes to be known as well as any other")
  func lateEdit() throws {
    let window = little.session.model.settings.maxItemListLength
    for keys in ["End,e,Up,d", "End,e,s", "End,e,Up,K", "e,d"] {
      let state = try little.run(keys).state
      while little.cache.work(for: state) {}
      let user = try #require(little.cache.scene(for: state).user)
      let edited = try #require(user.edited)
      let alone = edited.states(little.session.network)
      #expect(alone.count > window && (state.step >= window) == keys.hasPrefix("End"))
      for step in 0..<alone.count {
        let (trace, row) = alone.pass(through: step)
        #expect(user.attention[step] == Array(trace.attention.row(row)))
        #expect(user.gates[step] == Array(trace.writeGates.row(row)))
        guard step > 0 else { continue }
        #expect(user.ranks[step] == rank(of: alone.items[step], in: alone.scores(at: step - 1)))
      }
      #expect(user.similarity?.cosines == StateSimilarity(alone).cosines)
    }
  }

  @Test("one step must stay, and there is nothing to edit without a history")
  func limits() throws {
    let one = try little.run("e,PageUp,x,d")
    #expect(titles(one.state) == ["生きる"])
    #expect(one.state.toast?.text.contains("One step must stay") == true)
    let nobody = Explorer.run(
      [.character("e")], from: State(size: Size(columns: 80, rows: 24)), with: little.cache,
      glyphs: .unicode
    ).state
    #expect(nobody.editor == nil && nobody.toast?.text.contains("no history") == true)
  }

  @Test("keys change what is read of the selected relation")
  func reading() throws {
    func text(_ keys: String) throws -> String { try little.run(keys).state.edits.text }
    let director = "film.film.directed_by"
    #expect(try text("e,s") == "silence:\(director)")
    #expect(try text("e,s,s") == "")
    #expect(try text("e,f") == "force:\(director)")
    #expect(try text("e,f,f") == "")
    #expect(try text("e,+,+,-") == "boost:\(director)*2")
    #expect(try text("e,+,-") == "")
    #expect(try text("e,-") == "boost:\(director)*0.5")
    #expect(try text("e,>") == "gamma:4")
    #expect(try text("e,<,<,>,>") == "")
    #expect(try text("e,Tab,Tab,Down,s,d").hasPrefix("silence:film."))
    for command: Command in [.boostMore, .boostLess, .gammaMore, .gammaLess] {
      let key = try #require(Bindings.all.first { $0.command == command }?.keys.first)
      let keys = Array(repeating: key, count: 60)
      let end = Explorer.run(
        [.character("e")] + keys, from: try little.start(Size(columns: 90, rows: 30)),
        with: little.cache, glyphs: .unicode)
      let step = try #require(little.cache.scene(for: end.state).step)
      #expect(step.slots.allSatisfy { $0.attention.isFinite })
      #expect(try EditScript(parsing: end.state.edits.text).edits == end.state.edits.edits)
    }
    // All slots silenced: nothing is read, and nothing falls over.
    let silent = try little.run("e,s,Tab,Tab,Down,s,Down,s").state
    let step = try #require(little.cache.scene(for: silent).step)
    #expect(step.slots.reduce(0) { $0 + $1.attention } < 1)
  }

  @Test("undo and redo come back to every state", arguments: 0..<20)
  func undo(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let choices = ["d", "K", "J", "x", "Up", "Down", "s", "f", "+", "-", ">", "Left", "Right"]
    let start = try little.run("e").state
    var states = [start]
    for _ in 0..<12 {
      let key =
        random.integer(below: 4) == 0
        ? "\(["a", "i", "r"][random.integer(below: 3)]),text=\(["psy", "s", "ver"][random.integer(below: 3)]),Enter"
        : choices[random.integer(below: choices.count)]
      var next = try little.run(key, from: states[states.count - 1]).state
      if next.edits.edits == states[states.count - 1].edits.edits {
        states[states.count - 1] = next
      } else {
        next.toast = nil
        states.append(next)
      }
    }
    var state = states[states.count - 1]
    for before in states.dropLast().reversed() {
      state = try little.run("u", from: state).state
      #expect(state.edits.edits == before.edits.edits && state.step == before.step)
      #expect(state.editor == before.editor)
      #expect(titles(state) == titles(before))
    }
    #expect(try little.run("u", from: state).state.toast?.text == "Nothing to undo")
    for after in states.dropFirst() {
      state = try little.run("U", from: state).state
      #expect(state.edits.edits == after.edits.edits)
    }
    #expect(try little.run("U", from: state).state.toast?.text == "Nothing to redo")
    let dropped = try little.run("R", from: state).state
    #expect(dropped.edits.edits.isEmpty)
    #expect(try little.run("u", from: dropped).state.edits.edits == state.edits.edits)
  }

  @Test("the selected film is tried while it is looked for, as Enter will have it")
  func preview() throws {
    for keys in ["e,Up,a,text=shin", "e,i,text=s,Down,Down", "e,r,text=fab", "e,Down,a,text=psy"] {
      let typing = try little.run(keys).state
      let (before, after) = (
        little.cache.scene(for: typing),
        little.cache.scene(for: try little.run("Enter", from: typing).state)
      )
      #expect(before.user?.rows == after.user?.rows)
      #expect(before.step?.step == after.step?.step)
      #expect(
        before.step?.recommendations.map(\.score) == after.step?.recommendations.map(\.score))
      #expect(before.whatIf?.edited == after.whatIf?.edited)
      #expect(typing.edits.edits.isEmpty)
    }
  }

  @Test("ranks and scores are those of the run, beside those of the unedited run with its future")
  func changes() throws {
    for (keys, step) in [("e,d", 5), ("e,Up,d,s", 5), ("e,Up,a,text=shin,Enter,>", 5)] {
      let state = try little.run(keys).state
      let scene = little.cache.scene(for: state)
      let items = try #require(scene.whatIf?.edited)
      let network = little.session.network
      let after = HistoryStates(network: network, items: items.items, reading: items.reading)
      let before = HistoryStates(network: network, items: items.original)
      let scores = network.scores(after.terms(at: state.step))
      let unedited = network.scores(before.terms(at: step))
      #expect(scores != unedited)
      let changes = try #require(scene.whatIf?.changes)
      for item in try #require(scene.step).recommendations {
        #expect(item.score == scores[Int(item.item)])
        #expect(changes.changes[item.item]?.rankBefore == rank(of: item.item, in: unedited))
        #expect(changes.changes[item.item]?.rankAfter == rank(of: item.item, in: scores))
        #expect(item.isTruth == (item.item == items.original[6]))
      }
    }
    // Nothing edited, nothing to compare with; edits that cancel out, no bit moves.
    #expect(try little.scene("e").whatIf?.changes == nil)
    let same = try #require(try little.scene("e,Up,d,i,text=psy,Enter").whatIf?.changes)
    #expect(same.changes.values.allSatisfy { $0.gain == 0 && $0.scoreBefore == $0.scoreAfter })
  }

  @Test("the reasons of an edited run add up to its score")
  func reasons() throws {
    for keys in ["e,Up,d,w", "e,s,w", "e,f,Escape,w", "e,>,a,text=shin,Enter,w"] {
      let scene = try little.scene(keys)
      let table = try #require(scene.why?.contributions)
      #expect(table.addsUp)
      let first = try #require(scene.step?.recommendations.first)
      #expect(abs(table.score - first.parts.score) < 1e-4)
    }
  }

  @Test("y copies the edits, and the command line brings them back")
  func copied() throws {
    let end = try little.run("e,Up,d,s,a,text=shin,Enter,y")
    let text = try #require(
      end.effects.compactMap { if case .copy(let text) = $0 { text } else { nil } }.first)
    #expect(text.contains("--step 6 --edit "))
    let start = try little.start(Size(columns: 120, rows: 30))
    let again = try little.cache.editing(start, EditScript(parsing: end.state.edits.text), step: 6)
    let (a, b) = (little.cache.scene(for: again), little.cache.scene(for: end.state))
    #expect(a.user?.rows == b.user?.rows)
    #expect(a.step?.recommendations.map(\.score) == b.step?.recommendations.map(\.score))
    #expect(again.step == end.state.step)
    for (script, step, part) in [
      ("-99", nil, "character 1"), ("-1", 9, "1 to 8 after the edits"), ("+1:zzz", nil, "knows no"),
    ] as [(String, Int?, String)] {
      let error = try #require(throws: UserError.self) {
        try little.cache.editing(start, EditScript(parsing: script), step: step)
      }
      #expect(error.description.contains(part), "\(error)")
    }
  }

  @Test("another viewer keeps what is read and nothing of the history; a tour keeps nothing")
  func users() throws {
    let other = try little.run("e,d,s,Escape,v,text=bo,Enter").state
    #expect(other.edits.text == "silence:film.film.directed_by" && other.editor == nil)
    #expect(other.edits.past.isEmpty)
    #expect(little.cache.scene(for: other).user?.name == "bo")
    #expect(try little.run("e,d,s,Escape,t").state.edits.edits.isEmpty)
    #expect(
      try little.run("e,d,Escape,n,text=psy,Enter,Escape,Enter,e,a,text=ver,Enter").state.edits.text
        == "+2:vertigo")
    let own = try little.run("n,text=psy,Enter,text=ver,Enter,Escape,Enter,e,d").state
    #expect(titles(own) == ["Psycho"])
    #expect(titles(try little.run("Escape,n,BSpace,Escape", from: own).state) == ["Psycho"])
  }

  @Test("the smallest set is found in the background, and left out by one key")
  func smallest() throws {
    let asked = try little.run("S").state
    #expect(asked.seeksSmallest)
    // As long as it is looked for, the key for it says so, and takes nothing out.
    var portions = 0
    repeat {
      guard little.cache.scene(for: asked).whatIf?.smallest?.outcome == nil else { break }
      let early = Explorer.reduce(
        asked, .command(.applySmallest), in: little.cache.scene(for: asked)
      ).state
      #expect(early.toast?.text.hasPrefix("Still searching") == true)
      #expect(early.edits.edits.isEmpty && early.seeksSmallest)
      portions += 1
    } while little.cache.work(for: asked)
    #expect(portions > 0)
    let found = try #require(little.cache.scene(for: asked).whatIf?.smallest)
    guard case .found(let steps, let after, let isProven)? = found.outcome else {
      Issue.record("\(String(describing: found.outcome))")
      return
    }
    #expect(isProven && after > 10 && found.rankBefore == 1)
    #expect(found.titles.count == steps.count)
    let left = try little.run("A", from: asked).state
    #expect(left.edits.edits.count == steps.count && !left.seeksSmallest)
    let scene = little.cache.scene(for: left)
    let psycho = try #require(
      scene.step?.recommendations.first { $0.title == "Psycho" })
    #expect(psycho.rank == after)
    #expect(scene.whatIf?.changes?.gone.contains { $0.item == psycho.item } == true)
    #expect(try little.run("u", from: left).state.edits.edits.isEmpty)
    #expect(try little.run("A").state.toast?.text.contains("S looks") == true)
    #expect(try little.run("S,S").state.seeksSmallest == false)
    // Of an item that is not among the first ten, there is nothing to fall out of.
    let low = try little.run("S,BTab,PageDown,PageDown").state
    while little.cache.work(for: low) {}
    #expect(
      little.cache.scene(for: low).whatIf?.smallest?.sentence(.ascii).contains("not among") == true)
  }
}
