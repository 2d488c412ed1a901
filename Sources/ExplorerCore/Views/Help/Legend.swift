/// What the signs, letters and names of numbers on the screen mean: one table, from which the help
/// and the search for commands come.
enum Legend {
  struct Entry: Equatable, Sendable {
    let sign: String
    /// Other words by which it is looked for.
    let names: String
    let text: String
    let panes: Set<Pane>
  }

  /// All entries in some words and signs; those of a pane come first.
  static func entries(_ words: Terminology, _ glyphs: Glyphs, first pane: Pane? = nil) -> [Entry] {
    let all =
      steps(words, glyphs) + state(words, glyphs) + memory(words, glyphs) + ranking(words, glyphs)
    guard let pane else { return all }
    return all.filter { $0.panes.contains(pane) } + all.filter { !$0.panes.contains(pane) }
  }

  /// Those that have some words in them, drawn in whatever signs.
  static func entries(
    matching text: String, _ words: Terminology, _ glyphs: Glyphs, first pane: Pane? = nil
  ) -> [Entry] {
    let wanted = text.lowercased().split(separator: " ")
    let shown = entries(words, glyphs, first: pane)
    let others = [Glyphs.unicode, .ascii].flatMap { glyphs in
      [Terminology.terms(glyphs), .plain].map { entries($0, glyphs, first: pane) }
    }
    return shown.indices.filter { place in
      let texts = (others.map { $0[place] } + [shown[place]]).map {
        "\($0.sign) \($0.names) \($0.text)".lowercased()
      }
      return wanted.allSatisfy { word in texts.contains { $0.contains(word) } }
    }.map { shown[$0] }
  }

  private static func steps(_ words: Terminology, _ glyphs: Glyphs) -> [Entry] {
    let marks = glyphs.marks
    func entry(_ sign: String, _ names: String, _ text: String) -> Entry {
      Entry(sign: sign, names: names, text: text, panes: [.history])
    }
    return [
      entry(
        words.rank, "rank place",
        "Place that the model gave to this item before it was watched; 1"
          + " is best."),
      entry(
        String(marks.train), "mark train fitted",
        "\(words.fitted.capitalizedFirst): the model knows the answer; the rank proves nothing."),
      entry(
        String(marks.valid), "mark validation valid",
        "\(words.validation.capitalizedFirst): left out of training, used to choose the epoch."),
      entry(
        String(marks.test), "mark test held out",
        "\(words.test.capitalizedFirst): left out of training; the rank is a prediction."),
      entry(String(marks.here), "here step", "The step that all panes show."),
      Entry(
        sign: String(marks.truth), names: "truth next", text: "What was really watched next.",
        panes: [.history, .recommendations]),
      entry(
        String(marks.unseen), "unseen window",
        "Too long ago: the model does not read this item any more."),
      entry(
        words.hits, "hits header",
        "Of the steps left out of training, those whose item was among the first ten."),
      Entry(
        sign: words.heldOut, names: "held out header viewers",
        text: "Nothing of this viewer was used in training.", panes: []),
      Entry(
        sign: "simulated", names: "sim. header viewers",
        text: "Made up by a program that follows known attributes: no real person.", panes: []),
      Entry(
        sign: String(String.UnicodeScalarView(glyphs.spark.prefix(4))), names: "curve header",
        text: "Above all: how far each step around this one moved the state.", panes: []),
      Entry(
        sign: "own", names: "header viewers",
        text: "A viewer made here, of films that somebody typed.", panes: []),
      Entry(
        sign: words.ndcg, names: "NDCG metric header",
        text: "How high what came next is ranked, on average: 1 always first, 0 never in ten.",
        panes: []),
    ]
  }

  private static func state(_ words: Terminology, _ glyphs: Glyphs) -> [Entry] {
    func entry(_ sign: String, _ names: String, _ text: String) -> Entry {
      Entry(sign: sign, names: names, text: text, panes: [.gruState])
    }
    return [
      entry(
        words.likePrevious, "cosine h_t cos",
        words.isPlain
          ? "How alike the running state is to the one before: 1 the same, 0 unrelated."
          : "Cosine of the GRU's state with the one before: 1 same direction, 0 unrelated."),
      entry(
        words.change, "change norm",
        words.isPlain
          ? "How far this item moved the running state."
          : "Length of h_t less h_t-1: how far this item moved the state."),
      entry(
        "step \(glyphs.marks.times) step", "heat map similarity",
        "How alike the states of any two steps are: the lighter or fuller, the more."),
      entry(words.mostAlike, "similar", "Earlier steps whose state is most like this one's."),
    ]
  }

  private static func memory(_ words: Terminology, _ glyphs: Glyphs) -> [Entry] {
    let marks = glyphs.marks
    func entry(_ sign: String, _ names: String, _ text: String) -> Entry {
      Entry(sign: sign, names: names, text: text, panes: [.memory])
    }
    return [
      entry(
        words.attention, "alpha attention",
        "Attention: the share of the memory's reading that comes from this relation."),
      entry(
        "\(marks.up) \(marks.down)", "up down rise fall",
        "Attention rose or fell since the step before."),
      entry(
        words.gate, "z write gate",
        "How much of what was remembered here this item has overwritten: 0 none, 1 all."),
      entry(
        words.gamma, "gamma temperature",
        "What attention is sharpened by; with much of it one relation takes all."),
      entry(
        ".57 Name", "holds weight share known tail",
        "The known fact makes .57 of what the relation remembers (exact)."),
      entry(
        "\(marks.about) Name", "about nearest approximate",
        "A name whose vector is near to what is remembered (approximate)."),
      entry(
        words.cosine, "cosine cos", "Likeness of two directions: 1 the same, 0 unrelated."),
      entry(
        "\(glyphs.shades.dropFirst().map(String.init).joined())", "strip value vector shades",
        "The remembered numbers themselves; colour is the sign, shade the size."),
      entry(
        "at each step", "map attention history",
        "When each relation was read, or written: shades up to the row's own most;"
          + " \(words.gate) begins at its least."),
      entry(
        "1.20\(marks.times)", "times mean ratio",
        "Attention as a multiple of the model's mean for this relation."),
    ]
  }

  private static func ranking(_ words: Terminology, _ glyphs: Glyphs) -> [Entry] {
    let marks = glyphs.marks
    func entry(_ sign: String, _ names: String, _ text: String, why: Bool = false) -> Entry {
      Entry(
        sign: sign, names: names, text: text,
        panes: why ? [.recommendations, .why] : [.recommendations])
    }
    return [
      entry(
        words.probability, "p probability chance",
        "Chance of being watched next, among all items, as the model sees it."),
      entry(words.score, "score points", "What the ranking goes by; only differences count."),
      entry(String(marks.seen), "seen watched", "Watched before; x hides such items."),
      entry(
        "\(marks.times)3", "times steps shared fact",
        "So many steps of the history share this known fact with the item.", why: true),
      entry(
        "over the average", "contrast mean +",
        "The score less that of the average item; the parts below add up to it.", why: true),
      entry(
        words.sequence, "sequence order GRU",
        "The part of the score from the order of what was watched.", why: true),
      entry(
        words.constant, "constant bias",
        "The part of the score that is there whatever was watched.", why: true),
      entry(
        words.residual, "residual rounding", "What rounding leaves when all parts are added up.",
        why: true),
      Entry(
        sign: "+ \(marks.minus)", names: "sign positive negative",
        text: "What a step or part adds to the score, or takes from it; \(marks.separator) is less"
          + " than .005.", panes: [.why]),
      Entry(
        sign: "known facts", names: "grouped by shared tails",
        text: "The same sum by facts shared with the item; it need not be how the model sees them.",
        panes: [.why]),
    ]
  }
}

extension String {
  /// The text with its first letter in upper case.
  var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
