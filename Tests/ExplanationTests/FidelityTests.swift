import Evaluation
import KSRModel
import ModelTestSupport
import Randomness
import Testing
import Workspace

@testable import Explanation

@Suite("Explanations are scored by running the model again")
struct FidelityTests {
  @Test("Runs by the batch are runs one by one", arguments: NetworkCase.all)
  func reruns(test: NetworkCase) {
    let network = test.random.network()
    let items = test.random.history(14)
    let runs = AblationRuns(HistoryStates(network: network, items: items), step: 13)
    let removals = [Set<Int>([]), [0], [13], [3, 4, 5], Set(0..<13), Set(0..<14)]
    let questions = removals.enumerated().map { place, removed in
      BatchedRuns.Question(
        items: items.indices.filter { !removed.contains($0) }.map { items[$0] },
        item: Int32(5 + place))
    }
    for threads in [1, 3] {
      let answers = BatchedRuns(network: network, threads: threads).outcomes(of: questions)
      for (place, removed) in removals.enumerated() {
        let scores = runs.scoresWithout(steps: removed)
        let item = questions[place].item
        let mean = scores.dropFirst().reduce(0.0) { $0 + Double($1) } / Double(scores.count - 1)
        let expected = Double(scores[Int(item)]) - mean
        #expect(abs(answers[place].score - expected) < 1e-4 * (1 + abs(expected)))
        let chance = Double(probabilities(scores)[Int(item)])
        #expect(abs(answers[place].probability - chance) < 1e-5)
        #expect(abs(answers[place].rank - rank(of: item, in: scores)) < 1e-9)
      }
    }
  }

  @Test("An item whose score is not a number stands last")
  func notANumber() {
    var random = RandomNetwork()
    random.overflows = true
    let reruns = BatchedRuns(network: random.network(), threads: 1)
    let answers = reruns.outcomes(of: [.init(items: [3, 4], item: 7), .init(items: [], item: 2)])
    #expect(answers.map(\.rank) == [40, 40])
  }

  @Test("Kendall's τ-b of small lists")
  func kendall() {
    #expect(RankAgreement.kendall([1, 2, 3], [10, 20, 30]) == 1)
    #expect(RankAgreement.kendall([1, 2, 3], [3, 2, 1]) == -1)
    #expect(RankAgreement.kendall([1, 2, 3, 4], [1, 3, 2, 4]) == 4.0 / 6)
    #expect(RankAgreement.kendall([1, 1, 1], [1, 2, 3]) == nil)
    #expect(RankAgreement.kendall([5], [2]) == nil)
    // One tie in x: (2 agreeing) / √(2 · 3).
    #expect(RankAgreement.kendall([1, 1, 2], [1, 2, 3]) == 2 / 6.0.squareRoot())
  }

  @Test("Violations are signs that oppose, and equal weights take the later place first")
  func signs() {
    #expect(RankAgreement.violations([1, -1, 2, 3], effects: [1, 1, -1, 0]) == 2.0 / 3)
    #expect(RankAgreement.violations([1], effects: [0]) == nil)
    #expect(RankAgreement.order([1, 3, 3, 2]) == [2, 1, 3, 0])
  }

  @Test("Reading all slots is reading the memory; reading none is reading zeros")
  func masked() {
    let random = RandomNetwork(seed: 3)
    let network = random.network()
    let trace = network.trace(random.history(8))
    let all = network.terms(trace, row: 7, reading: [0, 1, 2, 3]).preference
    for (a, b) in zip(all, trace.preferences.row(7)) { #expect(abs(a - b) < 1e-5) }
    var bare = network.settings
    bare.memory = .none
    let without = KSRNetwork(settings: bare, parameters: network.parameters).trace(trace.items)
    for (a, b) in zip(
      network.terms(trace, row: 7, reading: []).preference, without.preferences.row(7))
    { #expect(abs(a - b) < 1e-5) }
  }

  @Test("The last choice kept from training of each viewer, at even distances")
  func cases() throws {
    let small = try SmallSession(RandomNetwork(), users: 20)
    let session = try small.session()
    let all = FidelityCase.cases(session, count: 100)
    #expect(all.map(\.user) == Array(0..<20))
    for test in all {
      #expect(test.states.items == Array(small.histories[test.user].dropLast()))
      #expect(test.chosen == small.histories[test.user].last)
    }
    #expect(FidelityCase.cases(session, count: 5).map(\.user) == [0, 4, 8, 12, 16])
    #expect(FidelityCase.cases(session, count: 0).isEmpty)
  }

  @Test("Deletion and insertion are what the model does", arguments: FidelityStudy.Subject.allCases)
  func curves(subject: FidelityStudy.Subject) throws {
    let session = try SmallSession(RandomNetwork(seed: 8)).session()
    let report = FidelityStudy(session, users: 12, threads: 2).report(on: subject)
    let tests = FidelityCase.cases(session, count: 12)
    var expected = (drop: 0.0, gain: 0.0, kept: 0.0)
    for test in tests {
      let runs = AblationRuns(test.states, step: test.step)
      let item =
        subject == .chosen ? test.chosen : topItems(runs.scores, count: 1)[0].item
      let weights = Contributions(test.states, step: test.step, item: item)
      let order = RankAgreement.order(weights.stepSums.map(Double.init))
        .map { $0 + weights.steps.lowerBound }
      let first = Set(order.prefix(2))
      let without = runs.scoresWithout(steps: first)
      let only = runs.scoresWithout(steps: Set(0...test.step).subtracting(first))
      func chance(_ scores: [Float]) -> Double { Double(probabilities(scores)[Int(item)]) }
      func gain(_ scores: [Float]) -> Double {
        RankingMetrics.gain(rank: rank(of: item, in: scores))
      }
      expected.drop += (chance(runs.scores) - chance(without)) / 12
      expected.gain += (gain(runs.scores) - gain(without)) / 12
      expected.kept += chance(only) / 12
    }
    let row = try #require(report["contributions"])
    let drop = try #require(row[.deletionProbability])
    #expect(abs(drop.bySize[1].mean - expected.drop) < 1e-5)
    let gain = try #require(row[.deletionNDCG])
    #expect(abs(gain.bySize[1].mean - expected.gain) < 1e-5)
    let kept = try #require(row[.insertionProbability])
    #expect(abs(kept.bySize[1].mean - expected.kept) < 1e-5)
    #expect(drop.bySize.count == 5 && drop.exactLessThis == nil)
    #expect(report.largestResidual < 1e-4 && report.largestResidual > 0)
  }

  @Test("Leave-one-out agrees with itself; recency says nothing about slots")
  func selfAgreement() throws {
    let session = try SmallSession(RandomNetwork(seed: 2)).session()
    let report = FidelityStudy(session, users: 12, threads: 1).report(on: .chosen)
    let row = try #require(report["leaveOneOut"])
    for measure in [FidelityMeasure.stepAgreement, .slotAgreement] {
      #expect(row[measure]?.mean.mean == 1)
    }
    for measure in [FidelityMeasure.stepViolations, .slotViolations] {
      #expect(row[measure]?.mean.mean == 0)
    }
    #expect(report["recency"]?[.slotAgreement] == nil)
    #expect(report["recency"]?[.recentShare]?.bySize.map(\.mean) == [1, 1, 1, 1, 1])
    let share = try #require(report["random"]?[.recentShare]?.mean.mean)
    #expect(share > 0 && share < 0.9)
    let other = try #require(report["attention"]?[.stepAgreement])
    let difference = try #require(other.exactLessThis)
    let exact = try #require(report["contributions"]?[.stepAgreement])
    #expect(abs(difference.mean - (exact.mean.mean - other.mean.mean)) < 1e-9)
  }

  @Test("Forecasts are put to the test on removals, and the greedy order costs most")
  func forecasts() throws {
    let session = try SmallSession(RandomNetwork(seed: 8)).session()
    let report = FidelityStudy(session, users: 12, threads: 2).report(on: .first)
    for method in Attributions.all {
      let forecast = report[method.id]?.forecast
      #expect((forecast == nil) == (method.quantity == .nothing), "\(method.id)")
      guard let forecast else { continue }
      #expect(forecast.few.mean <= 1 && forecast.half.mean <= 1)
      #expect(forecast.few.low <= forecast.few.mean && forecast.few.mean <= forecast.few.high)
      if method.id.hasPrefix("shapley") { #expect(abs(forecast.handedOut.mean - 1) < 1e-4) }
    }
    let removal = try #require(report["removalOfLogProbability"])
    let written = try #require(report["contributions"])
    #expect((removal.forecast?.few.mean ?? 0) > 0.5)
    #expect((removal.forecast?.few.mean ?? 0) > (written.forecast?.few.mean ?? 1))
    let bound = try #require(report["greedy"]?[.deletionProbability])
    for method in Attributions.all {
      // By log p, step by step: the first step is the best there is.
      let own = try #require(report[method.id]?[.deletionProbability])
      #expect(bound.bySize[0].mean >= own.bySize[0].mean - 1e-9)
    }
    let less = try #require(written[.deletionNDCG]?.removalLessThis)
    let means = try [removal, written].map { try #require($0[.deletionNDCG]).mean.mean }
    #expect(abs(less.mean - (means[0] - means[1])) < 1e-9)
    #expect(removal[.deletionNDCG]?.removalLessThis == nil)
  }

  @Test("Weighted by effect, large disagreements count more")
  func byEffect() {
    #expect(RankAgreement.violations([1, -1, 1], effects: [3, 1, 4], byEffect: true) == 1.0 / 8)
    #expect(RankAgreement.kendall([1, 2, 3], [1, 2, 9], byEffect: true) == 1)
    // Pairs of 1, 8 and 7: one of 1 disagrees.
    #expect(RankAgreement.kendall([2, 1, 3], [1, 2, 9], byEffect: true) == 14.0 / 16)
  }

  @Test("The number of threads changes nothing")
  func threads() throws {
    let session = try SmallSession(RandomNetwork(seed: 4), users: 25).session()
    let reports = [1, 3].map { FidelityStudy(session, users: 25, threads: $0).report(on: .chosen) }
    for method in Attributions.all {
      for measure in FidelityMeasure.allCases {
        let found = reports.map { $0[method.id]?[measure]?.bySize }
        #expect(found[0] == found[1])
      }
    }
  }

  @Test("Without memory there are no slots to score")
  func withoutMemory() throws {
    var random = RandomNetwork(seed: 5)
    random.settings.memory = .none
    random.relationCount = 1
    let session = try SmallSession(random).session()
    let study = FidelityStudy(session, users: 12, threads: 1)
    let report = study.report(on: .chosen)
    #expect(report["contributions"]?[.slotAgreement] == nil)
    #expect(report["contributions"]?[.deletionNDCG] != nil)
    #expect(study.parameterRandomisation().slotAgreement == nil)
  }

  @Test("A network drawn anew keeps the graph and explains otherwise")
  func parameterRandomisation() throws {
    let session = try SmallSession(RandomNetwork(seed: 6)).session()
    var generator = SeededGenerator(seed: 1)
    let drawn = session.network.randomised(using: &generator)
    #expect(drawn.parameters.entityEmbedding == session.network.parameters.entityEmbedding)
    #expect(drawn.parameters.relationMatrix == session.network.parameters.relationMatrix)
    #expect(drawn.parameters.itemEmbedding != session.network.parameters.itemEmbedding)
    let other = FidelityStudy(session, users: 12, threads: 1).parameterRandomisation()
    #expect(other.caseCount == 12 && other.smallestDifference > 0.01)
    #expect(other.stepAgreement.mean < 0.99)
  }
}
