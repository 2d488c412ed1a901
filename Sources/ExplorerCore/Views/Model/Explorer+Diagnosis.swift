import Explanation

/// What keys and clicks do where the model is looked at as a whole.
extension Explorer {
  /// Opens the view of the model as a whole, or closes it.
  static func toggleDiagnosis(_ state: inout State) {
    if case .diagnosis = state.fullView {
      state.fullView = nil
    } else {
      stop(&state)
      state.fullView = .diagnosis(DiagnosisView())
    }
  }

  static func changeDiagnosis(_ command: Command, on next: inout Transition, _ scene: Scene) {
    guard case .diagnosis(var view) = next.state.fullView, let rows = scene.diagnosis?.rows else {
      return
    }
    let last = max(0, rows.count - 1)
    let page = max(1, next.state.layout.size.rows - 6)
    switch command {
    case .rowUp: view.row -= 1
    case .rowDown: view.row += 1
    case .pageUp: view.row -= page
    case .pageDown: view.row += page
    case .firstRow: view.row = 0
    case .lastRow: view.row = last
    case .nextPart: view.row = nextPart(after: view.row, rows)
    case .openRow: return openRow(view.row, on: &next, scene)
    default: return
    }
    view.row = min(max(0, view.row), last)
    next.state.fullView = .diagnosis(view)
  }

  /// Selects a row, or opens it if it is selected already.
  static func selectDiagnosisRow(_ row: Int, on next: inout Transition, _ scene: Scene) {
    guard case .diagnosis(var view) = next.state.fullView else { return }
    if view.row == row { return openRow(row, on: &next, scene) }
    view.row = row
    next.state.fullView = .diagnosis(view)
  }

  /// Goes from what a row is about to where that is seen step by step.
  private static func openRow(_ row: Int, on next: inout Transition, _ scene: Scene) {
    guard let rows = scene.diagnosis?.rows, rows.indices.contains(row) else { return }
    switch rows[row] {
    case .viewer(let viewer):
      next.state.fullView = nil
      take(
        viewer.viewer, in: &next.state, step: scene.model.historyLengths[viewer.viewer] - 2)
      next.state.toast = Toast("Viewer \(viewer.user); d goes back to the model as a whole")
    case .relation(let slot):
      next.state.fullView = nil
      next.state.slot = slot
      focus(.memory, in: &next.state)
      next.state.toast = Toast("The slot at this step; d goes back to the model as a whole")
    case .slice:
      next.state.toast = Toast("Enter opens viewers and relations; Tab goes on to them")
    }
  }

  /// The first row of the next of the four parts, going round.
  private static func nextPart(after row: Int, _ rows: [DiagnosisScene.Row]) -> Int {
    func kind(_ row: DiagnosisScene.Row) -> Int {
      switch row {
      case .relation: 0
      case .slice: 1
      case .viewer: 2
      }
    }
    guard rows.indices.contains(row) else { return 0 }
    return rows.indices.first { $0 > row && kind(rows[$0]) != kind(rows[row]) } ?? 0
  }
}
