import KSRModel
import KSRNumerics

/// How like each other the GRU states of a history's steps are.
///
/// Each state is the model's at that step, from its own window. Steps past the first
/// `MAX_ITEM_LIST_LENGTH` cost a pass each, so a range can be taken first and extended later.
package struct StateSimilarity: Sendable {
  package private(set) var steps: Range<Int>
  /// The cosine of h_s and h_t by place in ``steps``, step × step.
  package private(set) var cosines: Matrix
  /// ‖h_t − h_{t−1}‖ by place in ``steps``; the state before the first step of a history is zero.
  package private(set) var changes: [Float]
  /// The cosine of h_t with h_{t−1} by place in ``steps``; nil for the first step of a history.
  package private(set) var withPrevious: [Float?]

  /// h_t/‖h_t‖ [steps H].
  private var directions: Matrix

  /// All steps of a history.
  package init(_ states: HistoryStates) { self.init(states, steps: 0..<states.count) }

  /// Some steps of a history.
  package init(_ states: HistoryStates, steps: Range<Int>) {
    self.steps = steps.lowerBound..<steps.lowerBound
    cosines = Matrix(rows: 0, columns: 0)
    changes = []
    withPrevious = []
    directions = Matrix(rows: 0, columns: states.network.settings.hiddenSize)
    extend(states, to: steps)
  }

  /// Covers more steps of the same history, without computing again what is known.
  ///
  /// Steps between these and the ones covered before are covered too.
  package mutating func extend(_ states: HistoryStates, to range: Range<Int>) {
    let wanted =
      steps.isEmpty
      ? range
      : min(steps.lowerBound, range.lowerBound)..<max(steps.upperBound, range.upperBound)
    guard wanted != steps else { return }
    let known = steps
    var directions = Matrix(rows: wanted.count, columns: directions.columns)
    var (changes, withPrevious) = ([Float](), [Float?]())
    for (place, step) in wanted.enumerated() {
      let row: ArraySlice<Float>
      if known.contains(step) {
        row = self.directions.row(step - known.lowerBound)
        changes.append(self.changes[step - known.lowerBound])
        withPrevious.append(self.withPrevious[step - known.lowerBound])
      } else {
        let state = Array(states.state(at: step))
        let length = norm(state)
        row = state.map { length > 0 ? $0 / length : 0 }[...]
        let before = step > 0 ? Array(states.state(at: step - 1)) : nil
        changes.append(before.map { norm(zip(state, $0).map { $0 - $1 }) } ?? length)
        withPrevious.append(before.map { cosine(state, $0) })
      }
      directions.values.replaceSubrange(
        place * directions.columns..<(place + 1) * directions.columns, with: row)
    }
    self.directions = directions
    (self.changes, self.withPrevious, steps) = (changes, withPrevious, wanted)
    cosines = directions.mapped(by: directions)
  }

  /// The cosine of the states at two steps; nil where one is not covered.
  package func similarity(of a: Int, _ b: Int) -> Float? {
    guard steps.contains(a), steps.contains(b) else { return nil }
    return cosines[a - steps.lowerBound, b - steps.lowerBound]
  }

  /// A step with the cosine of its state.
  package struct SimilarStep: Sendable, Equatable {
    /// The step, from 0.
    package let step: Int
    package let cosine: Float
  }

  /// The covered steps before `step` whose states are most like its own, most alike first.
  package func mostSimilar(before step: Int, count: Int) -> [SimilarStep] {
    guard steps.contains(step) else { return [] }
    let earlier = (steps.lowerBound..<step).map {
      SimilarStep(
        step: $0, cosine: cosines[step - steps.lowerBound, $0 - steps.lowerBound])
    }
    return Array(
      earlier.sorted { $0.cosine != $1.cosine ? $0.cosine > $1.cosine : $0.step > $1.step }
        .prefix(count))
  }
}
