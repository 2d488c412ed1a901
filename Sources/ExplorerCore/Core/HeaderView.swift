import Text
import Workspace

/// The first row: what is open, and where in it we are.
enum HeaderView {
  static func draw(_ state: State, _ scene: Scene, _ layout: Layout, in frame: inout Frame) {
    let isFramed = layout.form != .single
    let room = layout.header.inset(columns: isFramed ? 2 : 1, rows: 0)
    let parts = parts(scene, frame.words, frame.glyphs)
    let gap = 1
    // What does not fit is left out, the least important first.
    var shown = parts
    func width() -> Int { shown.reduce(0) { $0 + $1.columns } + gap * max(0, shown.count - 1) }
    while shown.count > 1, width() > room.columns,
      let place = shown.indices.max(by: { shown[$0].turn < shown[$1].turn })
    {
      if let shorter = shown[place].shorter.first {
        shown[place].runs = shorter
        shown[place].shorter.removeFirst()
      } else {
        shown.remove(at: place)
      }
    }
    let spare = max(0, room.columns - width())
    var column = 0
    for (index, part) in shown.enumerated() {
      // Half of the spare room before the step, the rest before the model.
      if part.isAnchor, index > 0 {
        column += shown.filter(\.isAnchor).count > 1 ? spare / 2 : spare
      }
      for run in part.runs {
        frame.put(run.0, room, at: column, style: run.1)
        column += run.0.columns
      }
      column += gap
    }
  }

  private struct Part {
    var runs: [(String, Style)]
    /// Larger is left out sooner.
    let weight: Int
    /// Whether spare room goes before it.
    var isAnchor = false
    /// What is shown instead where that helps, the longest first.
    var shorter: [[(String, Style)]] = []
    /// The weight of what the first of these leaves out; that of the part if nil.
    var detailWeight: Int?

    /// What counts in the choice of what goes next.
    var turn: Int { shorter.isEmpty ? weight : detailWeight ?? weight }

    var columns: Int { runs.reduce(0) { $0 + $1.0.columns } }

    init(_ runs: [(String, Style)], weight: Int) { (self.runs, self.weight) = (runs, weight) }

    init(_ text: String, _ role: Role, weight: Int, isAnchor: Bool = false) {
      self.init([(" \(text) ", Style(role))], weight: weight)
      self.isAnchor = isAnchor
    }
  }

  private static func parts(_ scene: Scene, _ words: Terminology, _ glyphs: Glyphs) -> [Part] {
    let model = scene.model
    let dot = String(glyphs.marks.separator)
    let data = model.dataName.isEmpty ? "ksr-tui" : model.dataName
    let items = words.fill("\(glyphs.count(model.itemCount)) {items}")
    guard let user = scene.user, let step = scene.step else {
      return [
        Part(data, .title, weight: 0), Part(items, .muted, weight: 2),
        Part("model \(model.name)", .title, weight: 1, isAnchor: true),
      ]
    }
    let number = String(step.step + 1).filled(to: String(user.rows.count).count, .right)
    var parts = [
      Part(data, .title, weight: 3), userPart(user, isSimulated: model.isSimulated, words, dot),
      Part(items, .muted, weight: 8),
      stepPart("step \(number)/\(user.rows.count)", user.rows[step.step].mark, words),
    ]
    if let similarity = user.similarity {
      let window = ListWindow.rows(
        of: similarity.changes.count, height: 16, showing: step.step)
      let values = similarity.changes.map(Double.init)
      let line = Array(
        glyphs.sparkline(Array(values[window]), in: (values.min() ?? 0)...(values.max() ?? 1)))
      let place = min(max(0, step.step - window.lowerBound), line.count - 1)
      parts.append(
        Part(
          [
            (" " + String(line[..<place]), Style(.bar)),
            (String(line[place]), Style(.text, .bold)),
            (String(line[(place + 1)...]) + " ", Style(.muted)),
          ], weight: 7))
    }
    let hits = user.hits
    if hits.of > 0 {
      parts.append(Part("\(words.hits) \(hits.count)/\(hits.of)", .text, weight: 4))
    }
    let metric = model.metric.map {
      "\($0.part) \(words.isPlain ? words.ndcg : $0.name) \(glyphs.probability(Float($0.value)))"
    }
    let name = ["model \(model.name)", metric].compactMap { $0 }.joined(separator: " \(dot) ")
    var last = Part(name, .muted, weight: 5, isAnchor: true)
    last.shorter = metric.map { [[(" \($0) ", Style(.muted))]] } ?? []
    return parts + [last]
  }

  /// The step, and what it was used for as a thing to predict, where there is room.
  private static func stepPart(_ text: String, _ mark: SplitMark?, _ words: Terminology) -> Part {
    let step = (" \(text) ", Style(.focus))
    var part = Part([step], weight: 0)
    part.isAnchor = true
    guard let mark else { return part }
    part.runs.append(("\(HistoryPane.word(mark, words)) ", Style(HistoryPane.role(mark))))
    (part.shorter, part.detailWeight) = ([[step]], 6)
    return part
  }

  /// Who is looked at; that a user is simulated is the last thing to go.
  private static func userPart(
    _ user: UserScene, isSimulated: Bool, _ words: Terminology, _ dot: String
  ) -> Part {
    func runs(_ name: String, _ simulated: String, _ heldOut: String) -> [(String, Style)] {
      var runs = [(" \(name)", Style(.title))]
      if user.isOwn {
        runs.append((" \(dot) own", Style(.focus)))
      } else if isSimulated {
        runs.append((" \(dot) \(simulated)", Style(.warning)))
      }
      if user.edited != nil { runs.append((" \(dot) edited", Style(.warning))) }
      if user.isHeldOut, !user.isOwn, !heldOut.isEmpty {
        runs.append((" \(dot) \(heldOut)", Style(.test)))
      }
      return runs + [(" ", Style(.test))]
    }
    let name = words.fill("{user} \(user.name)")
    var part = Part(runs(name, "simulated", words.heldOut), weight: 1)
    if isSimulated {
      part.shorter = [
        runs(name, "sim.", words.shortHeldOut), runs(name, "sim.", ""),
        runs(user.name, "sim.", ""),
      ]
    }
    return part
  }
}
