import Explanation
import KSRNumerics

extension DiagnosisView {
  func draw(_ state: State, _ scene: Scene, in frame: inout Frame) {
    if let diagnosis = scene.diagnosis {
      DiagnosisPage.draw(self, diagnosis, state, scene.model, in: &frame)
    }
  }
}

/// Draws the model as a whole: what its relations do, where it does well, and what its data is like.
enum DiagnosisPage {
  /// From this width on the users stand beside the slices.
  private static let wide = 100

  static func draw(
    _ view: DiagnosisView, _ scene: DiagnosisScene, _ state: State, _ model: ModelScene,
    in frame: inout Frame
  ) {
    let isFramed = Layout.form(for: state.layout.size) != .single
    let room = Rect(state.layout.size).inset(columns: isFramed ? 2 : 1, rows: 1)
    drawTitle(scene, model, room.line(0), &frame)
    let body = room.dropFirst(rows: 1)
    guard let report = scene.report, scene.counted.of > 0 else {
      let text =
        model.userCount == 0
        ? "No {users}: the model has no data here."
        : scene.counted.of == 0
          ? "No {user} has a held-out step."
          : "Evaluating {users} in random order \(frame.glyphs.ellipsis)"
      for (row, part) in frame.words.fill(text).wrapped(to: body.columns).enumerated() {
        frame.put(part, body.line(row), style: Style(.muted))
      }
      return
    }
    let page = lines(report, scene, width: body.columns, frame.glyphs)
    let rowCount = scene.rows.count
    let selected = min(max(0, view.row), max(0, rowCount - 1))
    let current =
      selected == 0
      ? 0 : page.firstIndex { $0.rows.contains { $0.row == selected } } ?? 0
    let window = ListWindow.rows(of: page.count, height: body.rows, showing: current)
    for (place, index) in window.enumerated() {
      page[index].draw(in: body.line(place), selected: selected, &frame)
    }
  }

  private static func drawTitle(
    _ scene: DiagnosisScene, _ model: ModelScene, _ line: Rect, _ frame: inout Frame
  ) {
    let glyphs = frame.glyphs
    let (done, all) = (glyphs.count(scene.counted.done), glyphs.count(scene.counted.of))
    let counted = frame.words.fill(
      scene.counted.done < scene.counted.of
        ? "\(done) of \(all) {users} evaluated" : "\(all) {users}")
    let dot = glyphs.marks.separator
    var texts = ["The model as a whole \(dot) \(counted)", counted]
    if let report = scene.report, scene.counted.of > 0 {
      let ndcg = "NDCG@10 \(interval(report.all.ndcg, glyphs))"
      let cases = "\(glyphs.count(report.all.caseCount)) held-out steps"
      texts = [
        "The model as a whole \(dot) \(counted), \(cases) \(dot) \(ndcg)",
        "The model \(dot) \(counted) \(dot) \(ndcg)", "\(counted) \(dot) \(ndcg)",
        "\(counted) \(dot) NDCG \(glyphs.probability(Float(report.all.ndcg.mean)))",
      ]
    }
    let text = texts.first { $0.columns <= line.columns } ?? texts[texts.count - 1]
    frame.put(text, line, style: Style(.title))
  }

  static func lines(
    _ report: DiagnosisReport, _ scene: DiagnosisScene, width: Int, _ glyphs: Glyphs
  ) -> [PageLine] {
    let relations = RelationTable.lines(report, width: width, glyphs)
    let slices = [report.all] + report.slices
    let first = report.relations.count
    if width >= wide {
      let left = width * 3 / 5
      let data = dataLines(report, scene, width: left - 2, glyphs)
      return relations
        + PageLine.beside(
          sliceLines(slices, from: first, width: left - 2, glyphs) + [PageLine()] + data,
          userLines(
            report, scene, from: first + slices.count, width: width - left, glyphs), at: left)
    }
    return relations + sliceLines(slices, from: first, width: width, glyphs) + [PageLine()]
      + dataLines(report, scene, width: width, glyphs) + [PageLine()]
      + userLines(report, scene, from: first + slices.count, width: width, glyphs)
  }

  // MARK: Slices

  private static func sliceLines(
    _ slices: [DiagnosisReport.Slice], from first: Int, width: Int, _ glyphs: Glyphs
  ) -> [PageLine] {
    let hasInterval = width >= 60
    let hasCounts = width >= 34
    let least = Table.Dropping(below: 34)
    let name = min(32, max(4, width - (hasInterval ? 37 : hasCounts ? 20 : 6)))
    let names = Table.Column(.fixed(name)) { row, _ in .text(slices[row].name) }
    let steps = Table.Column(.fixed(6), .right, title: "steps", drop: least) { row, _ in
      .text(glyphs.count(slices[row].caseCount))
    }
    let hit = Table.Column(.fixed(5), .right, title: "Hit", drop: least) { row, _ in
      slices[row].caseCount == 0 ? .none : .text(glyphs.probability(Float(slices[row].hit)))
    }
    let ndcg = Table.Column(
      .flexible(), title: hasInterval ? " NDCG@10 (95 %)" : " NDCG", gap: hasCounts ? 1 : 0
    ) { row, _ in
      let value = slices[row].ndcg
      let text =
        hasInterval ? interval(value, glyphs) : glyphs.probability(Float(value.mean))
      return slices[row].caseCount == 0 ? .none : .text(" " + text)
    }
    return lines(
      "Slices", Table([names, steps, hit, ndcg], width: width), count: slices.count, from: first,
      width: width, glyphs)
  }

  /// A title with those of the columns, and rows that can be selected.
  private static func lines(
    _ title: String, _ table: Table, count: Int, from first: Int, width: Int, _ glyphs: Glyphs
  ) -> [PageLine] {
    [PageLine(title, titlesOf: table)]
      + (0..<count).map { row in
        var line = PageLine(table, row, glyphs)
        line.select(first + row, columns: width)
        return line
      }
  }

  // MARK: Users

  private static func userLines(
    _ report: DiagnosisReport, _ scene: DiagnosisScene, from first: Int, width: Int,
    _ glyphs: Glyphs
  ) -> [PageLine] {
    func part(_ title: String, _ users: [DiagnosisReport.User], _ first: Int) -> [PageLine] {
      guard !users.isEmpty else { return [] }
      let name = Table.Column(.flexible()) { row, _ in
        .text("\(scene.nouns.user.one) \(users[row].user)")
      }
      let steps = Table.Column(.fixed(6), .right, title: "steps", gap: 2) { row, _ in
        .text(glyphs.count(users[row].caseCount))
      }
      let ndcg = Table.Column(.fixed(7), .right, title: "NDCG@10", gap: 2) { row, _ in
        .text(glyphs.probability(Float(users[row].ndcg)))
      }
      let table = Table([name, steps, ndcg], width: width, margin: 1)
      var result = lines(
        title, table, count: users.count, from: first, width: width, glyphs)
      let of = report.leastSteps > 1 ? ", \(report.leastSteps)+ steps" : ""
      result[0].put(
        of, at: title.columns, width - 16 - title.columns, style: Style(.muted))
      return result
    }
    let best = part("Predicted best", report.best, first)
    let worst = part("Predicted worst", report.worst, first + report.best.count)
    return best + (best.isEmpty ? [] : [PageLine()]) + worst
  }

  // MARK: Data

  private static func dataLines(
    _ report: DiagnosisReport, _ scene: DiagnosisScene, width: Int, _ glyphs: Glyphs
  ) -> [PageLine] {
    var texts: [(text: String, role: Role)] = []
    if !report.relations.isEmpty {
      let (mean, most) = (report.meanEntropy, report.largestEntropy)
      // Facts make it narrow, which is no fault; their models have a null slot.
      let isCollapsed = mean < 0.3 * most && !scene.followsFacts
      texts.append(
        (
          "Attention entropy \(glyphs.decimal(Float(mean))) of at most "
            + glyphs.decimal(Float(most)) + (isCollapsed ? ": collapsed." : "."),
          isCollapsed ? .warning : .text
        ))
      if let share = report.nullSlot {
        let share = glyphs.decimal(Float(share))
        texts.append(("The null slot takes \(share) of the attention.", .text))
      }
      let idle = report.relations.filter(\.neverMatters).map(\.name)
      texts.append(
        idle.isEmpty
          ? ("No dead memory slots.", .text)
          : ("Never matter: \(idle.joined(separator: ", ")).", .warning))
    }
    switch scene.links {
    case .unknown: texts.append(("Links are compared at the end.", .muted))
    case .nothingToCompare:
      texts.append(("Links: no titles and entity names to compare.", .muted))
    case .failed(let sentence): texts.append((sentence, .failure))
    case .compared(let count, let different, let titles):
      let examples = titles.isEmpty ? "" : ": " + titles.joined(separator: ", ")
      texts.append(
        (
          "\(glyphs.count(different)) of \(glyphs.count(count)) links look wrong (title against"
            + " entity name)\(examples).",
          different > 0 ? .warning : .text
        ))
    }
    texts.append(
      (
        report.itemsWithoutFacts == 0
          ? "Every \(scene.nouns.item.one) has known facts."
          : "\(glyphs.count(report.itemsWithoutFacts)) of \(glyphs.count(report.itemCount))"
            + " \(scene.nouns.item.many) have no known fact.",
        report.itemsWithoutFacts > 0 ? .warning : .text
      ))
    return [PageLine("Model and data", style: Style(.title))]
      + texts.flatMap { text in
        text.text.wrapped(to: width).map { PageLine($0, columns: width, style: Style(text.role)) }
      }
  }

  /// A mean with its interval: `.159 (.151 … .168)`.
  static func interval(_ value: MeanInterval, _ glyphs: Glyphs) -> String {
    func number(_ value: Double) -> String { glyphs.probability(Float(value)) }
    let to = glyphs.showsBraille ? "…" : "to"
    return "\(number(value.mean)) (\(number(value.low)) \(to) \(number(value.high)))"
  }
}
