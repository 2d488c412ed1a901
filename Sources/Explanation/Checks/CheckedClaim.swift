import KSRModel

/// What an explanation says would happen without some of its cells, beside what really happens.
///
/// The sum predicts that the score loses exactly the cells taken away, everything else staying as
/// it is; the model is then run again without them. All scores are over the contrast, and the
/// predicted rank is that among all items with the same cells taken from each of them.
package struct CheckedClaim: Sendable, Equatable {
  package enum Change: Sendable, Hashable {
    /// Steps of the history, from 0.
    case steps([Int])
    /// A slot of the memory: its α is 0, the others share all of the attention.
    case slot(Int)
  }

  /// How far prediction and reality agree.
  package enum Verdict: String, Sendable {
    /// Within a factor of two, or both too small to matter.
    case agrees
    /// One says that the score rises, the other that it falls.
    case otherSign
    /// One change is more than twice the other.
    case otherSize
  }

  package let change: Change
  /// The score with everything in place.
  package let scoreBefore: Float
  /// The score less the cells taken away.
  package let scorePredicted: Float
  /// The score of the model run again.
  package let scoreAfter: Float
  /// The item's rank with everything in place, from 1.
  package let rankBefore: Double
  /// The rank that the cells predict.
  package let rankPredicted: Double
  /// The rank when the model runs again.
  package let rankAfter: Double

  /// What the cells say the score changes by.
  package var predictedChange: Float { scorePredicted - scoreBefore }
  package var realChange: Float { scoreAfter - scoreBefore }

  /// Whether the explanation stood up to being tried.
  ///
  /// Changes of less than a fiftieth of the score, or of .02, do not matter: two such changes agree,
  /// whatever they are. Else the two agree when they differ by no more than half of the larger one,
  /// that is, when they have one sign and neither is more than twice the other. Of those that do
  /// not, two changes of different signs differ in sign, the others in size. Scores that are not
  /// numbers do not agree.
  package var verdict: Verdict {
    let (predicted, real) = (predictedChange, realChange)
    let larger = max(abs(predicted), abs(real))
    guard larger.isFinite, scoreBefore.isFinite else { return .otherSize }
    if larger <= max(0.02, abs(scoreBefore) / 50) { return .agrees }
    if abs(real - predicted) <= larger / 2 { return .agrees }
    return predicted * real < 0 ? .otherSign : .otherSize
  }
}

extension WhatIf {
  /// What leaving out a step really does.
  package struct WithoutStep: Sendable, Equatable {
    /// How much of the score over the contrast is lost; negative where it grows.
    package let loss: Float
    /// The item's rank without the step.
    package let rank: Double
  }

  /// Runs the model again without a step (from 0).
  package func without(step: Int, _ score: ContrastedScore) -> WithoutStep {
    let changed = scoresWithout(steps: [step])
    return WithoutStep(
      loss: Float(score.before - score.value(under: changed)),
      rank: rank(of: score.item, in: changed))
  }

  /// Takes cells away as the sum has them, and runs the model again without them.
  package func check(
    _ change: CheckedClaim.Change, on item: Int32, over contrast: Contrast = .catalogueMean
  ) -> CheckedClaim {
    let score = ContrastedScore(of: item, over: contrast, under: scores)
    let predicted = predictedScores(change)
    let real =
      switch change {
      case .steps(let steps): scoresWithout(steps: Set(steps))
      case .slot(let slot): scoresWithout(relation: slot)
      }
    return CheckedClaim(
      change: change, scoreBefore: Float(score.before),
      scorePredicted: Float(score.value(under: predicted)),
      scoreAfter: Float(score.value(under: real)), rankBefore: rank(of: item, in: scores),
      rankPredicted: rank(of: item, in: predicted), rankAfter: rank(of: item, in: real))
  }

  /// The scores of all items less the cells of some steps or of a slot, all else staying as it is
  /// [N].
  package func predictedScores(_ change: CheckedClaim.Change) -> [Float] {
    let network = states.network
    let (trace, row) = states.pass(through: step)
    let taken =
      switch change {
      case .steps(let steps):
        network.written(
          trace, row: row,
          at: Set(steps.map { $0 - (step - row) }.filter { (0...row).contains($0) }))
      case .slot(let slot): network.read(trace, row: row, from: slot)
      }
    let preference = Array(trace.preferences.row(row))
    return network.scores(zip(preference, taken).map { $0 - $1 })
  }
}

extension KSRNetwork {
  /// Σ_t W_u [g_t ; Σ_a α_a c_{t,a} (e_{i_t} + r_a)] over some rows: what they add to p [E].
  func written(_ trace: Trace, row: Int, at rows: Set<Int>) -> [Float] {
    let hidden = settings.hiddenSize
    var part = [Float](repeating: 0, count: parameters.denseLayerU.weight.columns)
    var kept = [Float](repeating: 1, count: hidden)
    for t in stride(from: row, through: 0, by: -1) {
      for k in 0..<hidden {
        let u = trace.updateGates[t, k]
        if rows.contains(t) { part[k] += kept[k] * (1 - u) * trace.candidates[t, k] }
        kept[k] *= u
      }
    }
    for a in 0..<(readsMemory ? relationCount : 0) {
      let weights = trace.slotWeights(of: a, at: row)
      let relation = parameters.relationMatrix.row(a)
      // In order, so that the sum is the same to the last bit each time.
      for t in rows.sorted() {
        let entity = parameters.entityEmbedding.row(Int(trace.items[t]))
        let weight = trace.attention[row, a] * weights[t]
        for (k, value) in zip(entity, relation).enumerated() {
          part[hidden + k] += weight * (value.0 + value.1)
        }
      }
    }
    return parameters.denseLayerU.weight.applied(to: part)
  }

  /// α_a W_um v_a: what a slot adds to p [E].
  func read(_ trace: Trace, row: Int, from slot: Int) -> [Float] {
    var part = [Float](repeating: 0, count: parameters.denseLayerU.weight.columns)
    guard readsMemory else { return parameters.denseLayerU.bias.map { _ in 0 } }
    for (k, value) in trace.slot(slot, at: row).enumerated() {
      part[settings.hiddenSize + k] = trace.attention[row, slot] * value
    }
    return parameters.denseLayerU.weight.applied(to: part)
  }
}
