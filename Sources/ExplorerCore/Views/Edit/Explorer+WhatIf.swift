import Explanation

extension Explorer {
  /// Opens the editing of what is on the screen, or leaves it; the edits stay.
  static func toggleEditor(_ state: inout State, _ scene: Scene) {
    guard state.editor == nil else {
      state.editor = nil
      return
    }
    guard let user = scene.user, !user.rows.isEmpty else {
      state.toast = Toast("There is no history to edit; v lists {users}, n makes one")
      return
    }
    stop(&state)
    state.editor = EditCursor(row: scene.step?.step ?? 0)
    if state.focus != .memory { focus(.history, in: &state) }
  }

  @Sendable
  static func edit(_ command: Command, on next: inout Transition, _ scene: Scene) {
    let count = stepCount(scene)
    guard let row = next.state.editor.map({ min($0.row, count - 1) }), count > 0 else { return }
    switch command {
    case .editDelete:
      guard count > 1 else {
        next.state.toast = Toast(
          "One step must stay; r replaces it", role: .warning)
        return
      }
      apply(.delete(step: row), on: &next, scene)
    case .editInsertBefore: search(.insert(at: row), on: &next)
    case .editInsert: search(.insert(at: row + 1), on: &next)
    case .editReplace: search(.replace(step: row), on: &next)
    case .editMoveUp: if row > 0 { apply(.move(step: row, to: row - 1), on: &next, scene) }
    case .editMoveDown:
      if row + 1 < count { apply(.move(step: row, to: row + 1), on: &next, scene) }
    case .editCut: if row + 1 < count { apply(.cut(after: row), on: &next, scene) }
    default: editReading(command, on: &next, scene)
    }
  }

  private static func search(_ purpose: CatalogueSearch.Purpose, on next: inout Transition) {
    next.state.overlay = CatalogueSearch(purpose: purpose)
  }

  static func apply(_ edit: Edit, on next: inout Transition, _ scene: Scene) {
    let moment = next.state.moment
    next.state = next.state.applying(edit, count: stepCount(scene))
    next.state.remember(moment)
    next.state.recommendation = 0
    next.state.why.lookElsewhere()
  }

  // MARK: What is read

  private static func editReading(
    _ command: Command, on next: inout Transition, _ scene: Scene
  ) {
    let tokens = scene.model.relationTokens
    guard let slot = scene.selectedSlot, tokens.indices.contains(slot) else {
      next.state.toast = Toast("This model has no memory to read from", role: .warning)
      return
    }
    let (token, name) = (tokens[slot], scene.model.relationNames[slot])
    let moment = next.state.moment
    var edits = next.state.edits.edits
    let text: String
    switch command {
    case .silence:
      if edits.contains(.silence(relation: token)) {
        edits.removeAll { $0 == .silence(relation: token) }
        text = "\(name) is heard again"
      } else {
        edits.append(.silence(relation: token))
        text = "\(name) is silenced; the others share its attention"
      }
    case .force:
      let wasForced = edits.contains(.force(relation: token))
      edits.removeAll { if case .force = $0 { true } else { false } }
      if !wasForced { edits.append(.force(relation: token)) }
      text = wasForced ? "The attention is the model's again" : "All attention goes to \(name)"
    case .boostMore, .boostLess:
      var factor: Float = command == .boostMore ? 2 : 0.5
      if case .boost(token, let before) = edits.last {
        edits.removeLast()
        factor = min(max(before * factor, 0x1p-20), 0x1p20)
      }
      if factor != 1 { edits.append(.boost(relation: token, factor: factor)) }
      text =
        "\(name): weight times \(Edit.boost(relation: "", factor: factor).factorText)"
    case .gammaMore, .gammaLess:
      var gamma = scene.model.gamma
      if case .gamma(let before) = edits.last {
        edits.removeLast()
        gamma = before
      }
      gamma = min(max(gamma * (command == .gammaMore ? 2 : 0.5), 0x1p-10), Edit.largestGamma)
      if gamma != scene.model.gamma || edits.contains(where: \.isGamma) {
        edits.append(.gamma(gamma))
      }
      text = "gamma \(Edit.gamma(gamma).factorText), the model's own is \(scene.model.gamma)"
    default: return
    }
    // The next key is about the same relation, whichever is read most then.
    next.state.slot = slot
    next.state.edits.edits = edits
    next.state.remember(moment)
    next.state.recommendation = 0
    next.state.why.lookElsewhere()
    next.state.toast = Toast(text)
  }

  // MARK: Undo

  static func undo(_ command: Command, in state: inout State) {
    let now = state.moment
    switch command {
    case .undo:
      guard let moment = state.edits.past.popLast() else {
        state.toast = Toast("Nothing to undo", role: .muted)
        return
      }
      state.edits.future.append(now)
      state.restore(moment)
    case .redo:
      guard let moment = state.edits.future.popLast() else {
        state.toast = Toast("Nothing to redo", role: .muted)
        return
      }
      state.edits.past.append(now)
      state.restore(moment)
    default:
      guard !state.edits.edits.isEmpty else { return }
      // The first moment knows where it all began.
      let first = state.edits.past.first { $0.edits.isEmpty }
      state.restore(
        EditLog.Moment(edits: [], step: first?.step ?? state.step, cursor: first?.cursor))
      state.remember(now)
      state.toast = Toast("All edits are gone; u brings them back")
    }
  }

  // MARK: The smallest set

  /// Looks for the smallest set behind the selected recommendation, or stops.
  static func toggleSmallest(_ state: inout State, _ scene: Scene) {
    guard scene.step != nil else {
      state.toast = Toast("There is no recommendation to look at")
      return
    }
    state.seeksSmallest.toggle()
  }

  static func applySmallest(_ state: inout State, _ scene: Scene) {
    guard case .found(let steps, _, _) = scene.whatIf?.smallest?.outcome, let step = scene.step
    else {
      let search = scene.whatIf?.smallest
      if state.seeksSmallest, search?.outcome == nil {
        let runs = search.map { ", \(Glyphs.unicode.count($0.runs)) runs so far" } ?? ""
        state.toast = Toast("Still searching\(runs); A takes the set out once it is found")
        return
      }
      state.toast = Toast(
        state.seeksSmallest ? "No set has been found" : "S looks for the smallest set first",
        role: .muted)
      return
    }
    let moment = state.moment
    // From the last one on, so that the numbers stay those on the screen.
    state.edits.edits += steps.reversed().map { .delete(step: $0) }
    state.step = max(0, step.step - steps.count { $0 <= step.step })
    state.editor = state.editor.map { editor in
      EditCursor(row: max(0, editor.row - steps.count { $0 <= editor.row }))
    }
    state.remember(moment)
    state.seeksSmallest = false
    state.toast = Toast(
      "Left out \(steps.count == 1 ? "one step" : "\(steps.count) steps"); u undoes")
  }

  /// Moves the place that is edited; false where the keys go elsewhere.
  static func moveCursor(_ command: Command, in state: inout State, _ scene: Scene) -> Bool {
    guard let editor = state.editor, state.focus == .history || state.focus == .gruState else {
      return false
    }
    let page = max(1, (state.layout.placement(of: .history)?.body.rows ?? 2) - 1)
    let offset: [Command: Int] = [.rowUp: -1, .rowDown: 1, .pageUp: -page, .pageDown: page]
    let last = max(0, stepCount(scene) - 1)
    state.editor?.row = min(max(0, min(editor.row, last) + (offset[command] ?? 0)), last)
    return true
  }
}

extension Edit {
  fileprivate var isGamma: Bool { if case .gamma = self { true } else { false } }

  /// The number of a boost or of γ as it is written.
  var factorText: String {
    String(
      text[
        (text.lastIndex { $0 == "*" || $0 == ":" }.map { text.index(after: $0) }
          ?? text.startIndex)...])
  }
}
