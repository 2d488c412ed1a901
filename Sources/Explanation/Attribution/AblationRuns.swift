import CKernels
import Glibc
import KSRModel

/// What is taken away before the model runs again.
package enum Ablation: Sendable, Hashable {
  /// Steps of the history, from 0, removed from it as an edit would.
  case steps([Int])
  /// A slot of the memory: its α is 0, the others share all of the attention.
  case slot(Int)
}

extension Array where Element: Hashable {
  /// Each once, in the order of their first time.
  package var unique: [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}

extension AttributionQuestion {
  /// Each step that the model sees, left out alone.
  var eachStep: [Ablation] { window.map { .steps([$0]) } }
  /// Each slot, left out alone.
  var eachSlot: [Ablation] { slots.map { .slot($0) } }
}

/// Where an item stands when the model has run.
package struct AblationOutcome: Sendable, Equatable {
  package var score: Double
  /// Its probability under the softmax over all items.
  package var probability: Double
  package var logProbability: Double
  /// Its rank among all items, from 1; ties at the mean of their places.
  package var rank: Double

  /// p and log p of an item under the softmax over `count` scores, which are overwritten.
  static func softmax(
    of item: Int, _ scores: UnsafeMutablePointer<Float>, count: Int
  ) -> (probability: Double, logProbability: Double) {
    var (target, inverse) = (Int32(item), Float(0))
    let loss = ksr_cross_entropy(1, count, scores, &target, &inverse)
    return (Double(scores[item] * inverse), -loss)
  }
}

/// What the model said of one item with everything in place, and under the ablations run so far.
package struct AblationOutcomes: Sendable {
  package let full: AblationOutcome
  private let isOfLogProbability: Bool
  private var outcomes: [Ablation: AblationOutcome] = [:]

  /// No ablation run yet.
  init(full: AblationOutcome, of question: AttributionQuestion) {
    (self.full, isOfLogProbability) = (full, question.isOfLogProbability)
  }

  package subscript(ablation: Ablation) -> AblationOutcome? {
    get { outcomes[ablation] }
    set { outcomes[ablation] = newValue }
  }

  /// How much is lost under an ablation, negative where the quantity grows; nil before its run.
  func loss(of quantity: AttributedQuantity, under ablation: Ablation) -> Double? {
    outcomes[ablation].map { value(quantity, full) - value(quantity, $0) }
  }

  func value(_ quantity: AttributedQuantity, _ outcome: AblationOutcome) -> Double {
    quantity == .logProbability && isOfLogProbability ? outcome.logProbability : outcome.score
  }
}

/// Runs the model again without steps or without a slot, one run at a time.
///
/// In a history longer than the window an earlier step takes the place that a removed one leaves.
/// ``BatchedRuns`` does the same for many histories at once.
package struct AblationRuns: Sendable {
  package let states: HistoryStates
  /// The step whose scores are looked at.
  package let step: Int
  /// The scores of all items with everything in place [N].
  package let scores: [Float]

  package init(_ states: HistoryStates, step: Int) {
    self.states = states
    self.step = step
    scores = states.scores(at: step)
  }

  /// The scores of all items under an ablation [N].
  package func scores(under ablation: Ablation) -> [Float] {
    switch ablation {
    case .steps(let steps): scoresWithout(steps: Set(steps))
    case .slot(let slot): scoresWithout(relation: slot)
    }
  }

  /// The scores of all items had the user not chosen the given steps (from 0) [N].
  ///
  /// Steps after the one looked at change nothing. Without any step left the scores are those of an
  /// empty history.
  package func scoresWithout(steps: Set<Int>) -> [Float] {
    let network = states.network
    let removed = steps.count { (0...step).contains($0) }
    guard removed <= step else { return network.scores(network.emptyTerms) }
    // Later items stay, so that a history from which nothing is removed is read as it was, bit for
    // bit.
    let kept = states.items.indices.filter { $0 > step || !steps.contains($0) }
      .map { states.items[$0] }
    let edited = HistoryStates(network: network, items: kept, reading: states.reading)
    return network.scores(edited.terms(at: step - removed))
  }

  /// The scores of all items had one slot not been read, the attention being shared out among the
  /// others [N].
  package func scoresWithout(relation: Int) -> [Float] {
    let network = states.network
    guard network.readsMemory else { return scores }
    let (trace, row) = states.pass(through: step)
    let others = (0..<network.relationCount).filter { $0 != relation }
    return network.scores(
      network.terms(trace, row: row, reading: others, history: states.items[...step]))
  }

  /// Where an item stands under scores of all items [N].
  func outcome(of score: ContrastedScore, under scores: [Float]) -> AblationOutcome {
    var exponentials = scores
    let softmax = exponentials.withUnsafeMutableBufferPointer { buffer in
      buffer.baseAddress.map {
        AblationOutcome.softmax(of: Int(score.item), $0, count: buffer.count)
      } ?? (probability: 0, logProbability: -.infinity)
    }
    return AblationOutcome(
      score: score.value(under: scores), probability: softmax.probability,
      logProbability: softmax.logProbability, rank: rank(of: score.item, in: scores))
  }
}

/// What an explanation says would happen without some of its parts, beside what really happens.
///
/// The sum predicts that the score loses exactly the cells taken away, everything else staying as
/// it is; removal values forecast what log p loses without steps. The model is then run again without
/// them. All scores are over the contrast, and the rank of the sum is that among all items with the
/// same cells taken from each of them.
package struct AblationCheck: Sendable, Equatable {
  /// How far forecast and reality agree.
  package enum Verdict: String, Sendable {
    /// Within a factor of two, or both too small to matter.
    case agrees
    /// One says that the score rises, the other that it falls.
    case otherSign
    /// One change is more than twice the other.
    case otherSize
  }

  /// What the removal values forecast.
  package struct Forecast: Sendable, Equatable {
    /// Whether it is of log p, and not of the score over the contrast.
    package let isOfLogProbability: Bool
    package let before: Double
    /// `before` less the values of the steps taken away.
    package let forecast: Double
    /// Of the model run again.
    package var after: Double

    package var forecastChange: Double { forecast - before }
    package var realChange: Double { after - before }
  }

  package let ablation: Ablation
  package let scoreBefore: Float
  /// The score less the cells taken away.
  package let scorePredicted: Float
  /// The score of the model run again.
  package let scoreAfter: Float
  /// The item's rank with everything in place, from 1.
  package let rankBefore: Double
  package let rankPredicted: Double
  /// The rank when the model runs again.
  package let rankAfter: Double
  /// Nil for a slot, and where no removal values are known.
  package var forecast: Forecast?

  package var predictedChange: Float { scorePredicted - scoreBefore }
  package var realChange: Float { scoreAfter - scoreBefore }

  /// Whether the explanation stood up to being tried: the forecast of the removal values where there is
  /// one, else the sum.
  ///
  /// Changes of less than .02, of a score also of less than a fiftieth of it, do not matter: two such
  /// changes agree, whatever they are. Else the two agree when they differ by no more than half of the
  /// larger one, that is, when they have one sign and neither is more than twice the other. Of those
  /// that do not, two changes of different signs differ in sign, the others in size. What is not a
  /// number does not agree.
  package var verdict: Verdict {
    if let forecast {
      return Self.verdict(forecast.forecastChange, forecast.realChange, least: 0.02)
    }
    guard scoreBefore.isFinite else { return .otherSize }
    return Self.verdict(
      Double(predictedChange), Double(realChange), least: max(0.02, Double(abs(scoreBefore) / 50)))
  }

  private static func verdict(_ forecast: Double, _ real: Double, least: Double) -> Verdict {
    let larger = max(abs(forecast), abs(real))
    guard larger.isFinite else { return .otherSize }
    if larger <= least || abs(real - forecast) <= larger / 2 { return .agrees }
    return forecast * real < 0 ? .otherSign : .otherSize
  }
}

extension AblationRuns {
  /// Takes cells away as the sum has them, and runs the model again without them.
  ///
  /// - Parameter known: what removal values are known, for the forecast.
  package func check(
    _ ablation: Ablation, on item: Int32, over contrast: Contrast = .catalogueMean,
    known: StepAttributions.Known = .init()
  ) -> AblationCheck {
    let score = ContrastedScore(of: item, over: contrast, under: scores)
    let predicted = predictedScores(ablation)
    let real = self.scores(under: ablation)
    var forecast = known.forecast(without: ablation)
    if let said = forecast {
      let outcome = outcome(of: score, under: real)
      forecast?.after = said.isOfLogProbability ? outcome.logProbability : outcome.score
    }
    return AblationCheck(
      ablation: ablation, scoreBefore: Float(score.before),
      scorePredicted: Float(score.value(under: predicted)),
      scoreAfter: Float(score.value(under: real)), rankBefore: rank(of: item, in: scores),
      rankPredicted: rank(of: item, in: predicted), rankAfter: rank(of: item, in: real),
      forecast: forecast)
  }

  /// The scores of all items less the cells of some steps or of a slot, all else staying as it is
  /// [N]; ρ goes with the last step at which an item was chosen.
  package func predictedScores(_ ablation: Ablation) -> [Float] {
    let network = states.network
    let readout = LinearReadout(network)
    let (trace, row) = states.pass(through: step)
    var taken: ScoreTerms
    switch ablation {
    case .steps(let steps):
      taken = readout.written(
        trace, row: row,
        at: Set(steps.map { $0 - (step - row) }.filter { (0...row).contains($0) }))
      let gone = Set(steps)
      let left = Set((0...step).filter { !gone.contains($0) }.map { states.items[$0] })
      taken.repeated = gone.filter { $0 <= step }.map { states.items[$0] }
        .filter { !left.contains($0) }
    case .slot(let slot): taken = readout.read(trace, row: row, from: slot)
    }
    return network.scores(states.terms(at: step).subtracting(taken))
  }
}
