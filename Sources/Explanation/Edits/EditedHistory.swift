import KSRModel
import Text

/// A history after edits, and the change of what the model reads: what an edited run is made of.
///
/// Of an unchanged history ``states(_:)`` is the same run, bit for bit.
package struct EditedHistory: Sendable, Hashable {
  package enum Change: Sendable, Hashable { case inserted, replaced, moved }

  package struct Row: Sendable, Hashable {
    package internal(set) var item: Int32
    /// The step of the unedited history that it is, or whose place it took; nil if it was inserted.
    package let origin: Int?
    /// What happened to it; nil for nothing.
    package internal(set) var change: Change?
  }

  /// The history before the edits.
  package let original: [Int32]
  /// The steps after them; never empty unless the history was.
  package private(set) var rows: [Row]
  /// What becomes of the read weights.
  package private(set) var reading = ReadIntervention.none
  /// The edits, with tokens for all names.
  package private(set) var edits: [Edit] = []
  /// The step of the unedited history that comes after the last row.
  private var end: Int

  /// Applies edits in order.
  package init(
    _ items: [Int32], _ script: EditScript, in names: EditNames
  ) throws(UserError) {
    original = items
    rows = items.enumerated().map { Row(item: $1, origin: $0, change: nil) }
    end = items.count
    for (edit, source) in zip(script.edits, script.sources) {
      do throws(UserError) {
        edits.append(try apply(edit, names))
      } catch {
        throw UserError.edit(source.text, at: source.position, error.description)
      }
    }
  }

  /// The rows follow from the edits, and histories are long: the edits tell them apart well enough.
  package func hash(into hasher: inout Hasher) {
    hasher.combine(original.count)
    hasher.combine(edits)
  }

  /// The items, oldest first.
  package var items: [Int32] { rows.map(\.item) }

  /// The model's states of the edited run.
  ///
  /// - Parameter unedited: the run before the edits, if there is one: most windows are the same.
  package func states(_ network: KSRNetwork, like unedited: HistoryStates? = nil) -> HistoryStates {
    HistoryStates(network: network, items: items, reading: reading, like: unedited)
  }

  /// The step of the unedited history with the same future.
  ///
  /// What came next there is what the edited run at `step` would have to foresee. Nil where that is
  /// the first step of all.
  package func unedited(at step: Int) -> Int? {
    let next = anchor(after: step)
    return next > 0 ? next - 1 : nil
  }

  /// What really came next in the unedited history; nil after its last step.
  package func next(after step: Int) -> Int32? {
    let next = anchor(after: step)
    return next < original.count ? original[next] : nil
  }

  /// The unedited step of the first row behind `step` that has kept its place in the order.
  private func anchor(after step: Int) -> Int {
    for row in rows.dropFirst(step + 1) where row.change != .moved {
      if let origin = row.origin { return origin }
    }
    return end
  }

  /// Applies one edit and returns it with tokens for its names.
  private mutating func apply(_ edit: Edit, _ names: EditNames) throws(UserError) -> Edit {
    switch edit {
    case .delete(let step):
      try check(step, upTo: rows.count)
      guard rows.count > 1 else {
        throw UserError(
          "the history has only this step, and one must stay; =1:ITEM replaces it.")
      }
      rows.remove(at: step)
      return edit
    case .insert(let place, let name):
      try check(place, upTo: rows.count + 1)
      let item = try names.item(name)
      rows.insert(Row(item: item, origin: nil, change: .inserted), at: place)
      return .insert(at: place, item: names.token(of: item))
    case .replace(let step, let name):
      try check(step, upTo: rows.count)
      let item = try names.item(name)
      rows[step].item = item
      if rows[step].change == nil { rows[step].change = .replaced }
      return .replace(step: step, item: names.token(of: item))
    case .move(let step, let target):
      try check(step, upTo: rows.count)
      try check(target, upTo: rows.count)
      var row = rows.remove(at: step)
      if row.change != .inserted, step != target { row.change = .moved }
      rows.insert(row, at: target)
      return edit
    case .cut(let step):
      try check(step, upTo: rows.count)
      end = anchor(after: step)
      rows.removeLast(rows.count - 1 - step)
      return edit
    case .silence(let name):
      let slot = try names.slot(name)
      reading.scale(slot, by: 0)
      return .silence(relation: names.token(ofSlot: slot))
    case .boost(let name, let factor):
      let slot = try names.slot(name)
      reading.scale(slot, by: factor)
      return .boost(relation: names.token(ofSlot: slot), factor: factor)
    case .force(let name):
      let slot = try names.slot(name)
      reading.force(slot, of: names.slotCount)
      return .force(relation: names.token(ofSlot: slot))
    case .gamma(let value):
      guard names.slotCount > 0 else {
        throw UserError(
          "the model has no memory, so γ changes nothing; edits of the history work.")
      }
      reading.setGamma(value)
      return edit
    case .patchState(let pin):
      let (states, step) = try names.moment(pin)
      let (trace, row) = states.pass(through: step)
      reading.patchState(Array(trace.readState(row)))
      return edit
    case .patchSlot(let name, let pin):
      let slot = try names.slot(name)
      let (states, step) = try names.moment(pin)
      let (trace, row) = states.pass(through: step)
      reading.patch(slot, with: trace.content(of: slot, at: row, in: states.network.factTable))
      return .patchSlot(relation: names.token(ofSlot: slot), from: pin)
    }
  }

  private func check(_ step: Int, upTo count: Int) throws(UserError) {
    guard step < count else {
      throw UserError(
        rows.isEmpty && count == 0
          ? "the history is empty; +1:ITEM begins one."
          : "there is no step \(step + 1) here: the history has \(rows.count) at this point"
            + ", so 1 to \(count) can be given.")
    }
  }
}

/// Where items stand in two runs: how far each moved, what came in, what is gone.
package struct RankChanges: Sendable {
  /// One item in both runs.
  package struct Change: Sendable, Equatable {
    package let item: Int32
    /// Its ranks, from 1; ties at the mean of their places.
    package let rankBefore, rankAfter: Double
    package let scoreBefore, scoreAfter: Float

    /// Places gained: above 0 for an item that is nearer to the top now.
    package var gain: Double { rankBefore - rankAfter }
  }

  /// How many places count as the top.
  package let k: Int
  /// The items that were asked for, and the first k before.
  package let changes: [Int32: Change]
  /// Items of the first k before that are not among the first k now, in their order before.
  package let gone: [Change]
  /// How many of the first k are the same in both runs.
  package let overlap: Int

  /// Compares the scores of all items [N] in two runs.
  package init(before: [Float], after: [Float], items: some Sequence<Int32>, k: Int = 10) {
    self.k = k
    let top = topItems(before, count: k).map(\.item)
    let compared = Array(Set(items).union(top))
    let ranks = zip(
      KSRModel.ranks(of: compared, in: before), KSRModel.ranks(of: compared, in: after))
    let changes = Dictionary(
      uniqueKeysWithValues: zip(compared, ranks).map { item, rank in
        (
          item,
          Change(
            item: item, rankBefore: rank.0, rankAfter: rank.1, scoreBefore: before[Int(item)],
            scoreAfter: after[Int(item)])
        )
      })
    self.changes = changes
    let first = top.compactMap { changes[$0] }
    gone = first.filter { $0.rankAfter > Double(k) }
    overlap = first.count - gone.count
  }

  /// Whether an item is among the first k now and was not before.
  package func isNew(_ change: Change) -> Bool {
    change.rankAfter <= Double(k) && change.rankBefore > Double(k)
  }
}
