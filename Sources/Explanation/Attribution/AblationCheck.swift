import KSRModel

/// What an explanation says would happen without some of its cells, beside what really happens.
///
/// The sum predicts that the score loses exactly the cells taken away, everything else staying as
/// it is; the model is then run again without them. All scores are over the contrast, and the
/// predicted rank is that among all items with the same cells taken from each of them.
package struct AblationCheck: Sendable, Equatable {
  /// How far prediction and reality agree.
  package enum Verdict: String, Sendable {
    /// Within a factor of two, or both too small to matter.
    case agrees
    /// One says that the score rises, the other that it falls.
    case otherSign
    /// One change is more than twice the other.
    case otherSize
  }

  package let ablation: Ablation
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

extension AblationRuns {
  /// Takes cells away as the sum has them, and runs the model again without them.
  package func check(
    _ ablation: Ablation, on item: Int32, over contrast: Contrast = .catalogueMean
  ) -> AblationCheck {
    let score = ContrastedScore(of: item, over: contrast, under: scores)
    let predicted = predictedScores(ablation)
    let real = self.scores(under: ablation)
    return AblationCheck(
      ablation: ablation, scoreBefore: Float(score.before),
      scorePredicted: Float(score.value(under: predicted)),
      scoreAfter: Float(score.value(under: real)), rankBefore: rank(of: item, in: scores),
      rankPredicted: rank(of: item, in: predicted), rankAfter: rank(of: item, in: real))
  }

  /// The scores of all items less the cells of some steps or of a slot, all else staying as it is
  /// [N].
  package func predictedScores(_ ablation: Ablation) -> [Float] {
    let network = states.network
    let readout = LinearReadout(network)
    let (trace, row) = states.pass(through: step)
    let taken =
      switch ablation {
      case .steps(let steps):
        readout.written(
          trace, row: row,
          at: Set(steps.map { $0 - (step - row) }.filter { (0...row).contains($0) }))
      case .slot(let slot): readout.read(trace, row: row, from: slot)
      }
    let preference = Array(trace.preferences.row(row))
    return network.scores(zip(preference, taken).map { $0 - $1 })
  }
}
