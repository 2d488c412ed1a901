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
  /// From this width on the viewers stand beside the slices.
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
        model.viewerCount == 0
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
          viewerLines(
            report, scene, from: first + slices.count, width: width - left, glyphs), at: left)
    }
    return relations + sliceLines(slices, from: first, width: width, glyphs) + [PageLine()]
      + dataLines(report, scene, width: width, glyphs) + [PageLine()]
      + viewerLines(report, scene, from: first + slices.count, width: width, glyphs)
  }

  // MARK: Slices

  private static func sliceLines(
    _ slices: [DiagnosisReport.Slice], from first: Int, width: Int, _ glyphs: Glyphs
  ) -> [PageLine] {
    let hasInterval = width >= 60
    let hasCounts = width >= 34
    let name = min(32, max(4, width - (hasInterval ? 37 : hasCounts ? 20 : 6)))
    let (count, hit, ndcg) = (name + 1, name + 8, hasCounts ? name + 14 : name)
    var head = PageLine("Slices", style: Style(.title))
    if hasCounts {
      head.put("steps", at: count, 6, .right, style: Style(.muted))
      head.put("Hit", at: hit, 5, .right, style: Style(.muted))
    }
    head.put(
      hasInterval ? " NDCG@10 (95 %)" : " NDCG", at: ndcg, width - ndcg, style: Style(.muted))
    let rows = slices.enumerated().map { index, slice in
      var line = PageLine()
      line.put(slice.name, at: 0, name)
      if hasCounts { line.put(glyphs.count(slice.caseCount), at: count, 6, .right) }
      if slice.caseCount > 0 {
        if hasCounts { line.put(glyphs.probability(Float(slice.hit)), at: hit, 5, .right) }
        line.put(
          " "
            + (hasInterval
              ? interval(slice.ndcg, glyphs) : glyphs.probability(Float(slice.ndcg.mean))),
          at: ndcg, width - ndcg)
      }
      line.select(first + index, columns: width)
      return line
    }
    return [head] + rows
  }

  // MARK: Viewers

  private static func viewerLines(
    _ report: DiagnosisReport, _ scene: DiagnosisScene, from first: Int, width: Int,
    _ glyphs: Glyphs
  ) -> [PageLine] {
    func part(_ title: String, _ viewers: [DiagnosisReport.Viewer], _ first: Int) -> [PageLine] {
      guard !viewers.isEmpty else { return [] }
      let of = report.leastSteps > 1 ? ", \(report.leastSteps)+ steps" : ""
      var head = PageLine(title, style: Style(.title))
      head.put(of, at: title.columns, width - 16 - title.columns, style: Style(.muted))
      head.put("NDCG@10", at: width - 8, 7, .right, style: Style(.muted))
      head.put("steps", at: width - 16, 6, .right, style: Style(.muted))
      return [head]
        + viewers.enumerated().map { index, viewer in
          var line = PageLine()
          line.put("\(scene.nouns.user.one) \(viewer.user)", at: 0, width - 18)
          line.put(glyphs.count(viewer.caseCount), at: width - 16, 6, .right)
          line.put(glyphs.probability(Float(viewer.ndcg)), at: width - 8, 7, .right)
          line.select(first + index, columns: width)
          return line
        }
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
      let isCollapsed = mean < 0.3 * most
      texts.append(
        (
          "Attention entropy \(glyphs.decimal(Float(mean))) of at most "
            + glyphs.decimal(Float(most)) + (isCollapsed ? ": collapsed." : "."),
          isCollapsed ? .warning : .text
        ))
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
