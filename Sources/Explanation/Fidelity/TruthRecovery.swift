import AtomicFiles
import Evaluation
import Glibc
import KSRModel
import KSRNumerics
import Randomness
import Workspace

/// How often the attribute behind a simulated choice is named, and by what.
///
/// The choices are those that the model never saw and whose truth is not none. The explanation is
/// the one given one step before, for the item that was really chosen.
package struct TruthRecovery: Sendable, Encodable {
  package enum Namer: String, Sendable, CaseIterable, Codable {
    /// The relation with the largest α.
    case attention
    /// The relation with the largest α over the model's mean for it.
    case relativeAttention
    /// The relation with the largest sum of cells.
    case relationCells
    /// The largest group of known facts.
    case sharedFacts
    /// A relation drawn at random.
    case chance
    /// The relation most often true among these very choices.
    case majority
    /// The tail of the chosen item that the last six items share most, without a model.
    case sharedTailRule

    package var name: String {
      switch self {
      case .attention: "largest α"
      case .relativeAttention: "largest α over its mean"
      case .relationCells: "largest relation cells"
      case .sharedFacts: "shared-fact grouping"
      case .chance: "chance"
      case .majority: "majority relation"
      case .sharedTailRule: "shared-tail rule, no model"
      }
    }
  }

  package struct Row: Sendable, Encodable {
    package let namer: Namer
    /// The share of choices whose relation is named.
    package let relation: MeanInterval
    /// The share of choices whose very tail is named; nil where no tail is named at all.
    package let tail: MeanInterval?
  }

  package let choiceCount: Int
  package let userCount: Int
  /// The rows, in the order of ``Namer``.
  package let rows: [Row]
  /// The share of these choices by true relation, by slot.
  package let truths: [Double]
  /// The share of choices whose item falls once the relation with the largest α is silenced.
  ///
  /// Only choices whose true relation that is; nil without any. To fall is to have a lower log p, with
  /// BPR a lower score.
  package let silenced: MeanInterval?

  package subscript(namer: Namer) -> Row? { rows.first { $0.namer == namer } }
}

extension TruthRecovery {
  /// Asks all of them about the choices of a session's users; nil without such choices.
  package init?(
    _ session: Session, truth: ChoiceTruth, threads: Int, seed: UInt64 = 1,
    progress: (Int, Int) -> Void = { _, _ in }
  ) {
    let index = TailIndex(session.model)
    let means = AttentionSummary(
      network: session.network,
      histories: session.users.filter { !$0.isHeldOut }.map(\.items))
    let users = session.users.indices.filter { user in
      let history = session.users[user]
      return Self.steps(session, history, truth.attributes[user]).first != nil
    }
    var named: [(user: Int, truth: ChoiceTruth.Attribute, names: Names)] = []
    for start in stride(from: 0, to: users.count, by: 100) {
      let block = Array(users[start..<min(start + 100, users.count)])
      let found = parallelMap(block.count, threads: threads) { i in
        let history = session.users[block[i]]
        let attributes = truth.attributes[block[i]]
        let states = HistoryStates(network: session.network, items: history.items)
        return Self.steps(session, history, attributes).map { step, truth in
          (
            user: block[i], truth: truth,
            names: Names(states, choice: step, index: index, means: means)
          )
        }
      }
      named += found.joined()
      progress(start + block.count, users.count)
    }
    guard !named.isEmpty else { return nil }
    self.init(named, slots: session.model.relations.count, seed: seed)
  }

  /// The choices to ask about, with what is true of them.
  private static func steps(
    _ session: Session, _ history: History, _ attributes: [ChoiceTruth.Attribute?]
  ) -> [(Int, ChoiceTruth.Attribute)] {
    (1..<max(1, history.count)).compactMap { step in
      guard session.mark(of: history, step: step) == .test else { return nil }
      return attributes[step].map { (step, $0) }
    }
  }

  /// What each of them names for one choice.
  private struct Names: Sendable {
    var relations: [Namer: Int] = [:]
    var tails: [Namer: ChoiceTruth.Attribute] = [:]
    /// Whether the item falls when the relation with the largest α is silenced.
    var falls: Bool?

    init(_ states: HistoryStates, choice: Int, index: TailIndex, means: AttentionSummary) {
      let (trace, row) = states.pass(through: choice - 1)
      let item = states.items[choice]
      let table = Contributions(states, step: choice - 1, item: item)
      if states.network.readsMemory {
        let alpha = Array(trace.attention.row(row))
        relations[.attention] = Self.largest(alpha)
        relations[.relativeAttention] = Self.largest(
          alpha.indices.map { means.relative(alpha[$0], slot: $0) })
        relations[.relationCells] = Self.largest(table.relationSums)
        if let leader = Self.largest(alpha) {
          falls = Self.falls(item, at: choice - 1, without: leader, states)
        }
      }
      if let group = SharedFacts(table, index: index).groups.first, group.amount > 0 {
        tails[.sharedFacts] = .init(slot: group.slot, tail: group.tail)
      }
      tails[.sharedTailRule] = SharedTailRule(index: index).attribute(
        of: item, after: states.items[..<choice])
      for (namer, attribute) in tails { relations[namer] = attribute.slot }
    }

    private static func falls(
      _ item: Int32, at step: Int, without relation: Int, _ states: HistoryStates
    ) -> Bool {
      let runs = AblationRuns(states, step: step)
      let score = ContrastedScore(of: item, over: .catalogueMean, under: runs.scores)
      let full = runs.outcome(of: score, under: runs.scores)
      let silenced = runs.outcome(of: score, under: runs.scoresWithout(relation: relation))
      return states.network.settings.loss == .crossEntropy
        ? silenced.logProbability < full.logProbability : silenced.score < full.score
    }

    private static func largest(_ values: [Float]) -> Int? {
      values.indices.max { values[$0] < values[$1] }
    }
  }

  private init(
    _ named: [(user: Int, truth: ChoiceTruth.Attribute, names: Names)], slots: Int, seed: UInt64
  ) {
    var counts = [Int](repeating: 0, count: slots)
    for choice in named { counts[choice.truth.slot] += 1 }
    let majority = counts.indices.max { counts[$0] < counts[$1] }
    func share(_ isRight: [Double]) -> MeanInterval {
      var generator = SeededGenerator(seed: seed)
      return MeanInterval(isRight, users: named.map(\.user), generator: &generator)
    }
    choiceCount = named.count
    userCount = Set(named.map(\.user)).count
    truths = counts.map { Double($0) / Double(named.count) }
    let right = named.filter { $0.names.relations[.attention] == $0.truth.slot }
    let falls = right.compactMap { choice in choice.names.falls.map { (choice.user, $0 ? 1.0 : 0) }
    }
    var generator = SeededGenerator(seed: seed)
    silenced =
      falls.isEmpty
      ? nil : MeanInterval(falls.map(\.1), users: falls.map(\.0), generator: &generator)
    rows = Namer.allCases.map { namer in
      let relation: [Double] = named.map { choice in
        switch namer {
        case .chance: 1 / Double(slots)
        case .majority: choice.truth.slot == majority ? 1 : 0
        default: choice.names.relations[namer] == choice.truth.slot ? 1 : 0
        }
      }
      let namesTails = namer == .sharedFacts || namer == .sharedTailRule
      return Row(
        namer: namer, relation: share(relation),
        tail: namesTails
          ? share(named.map { $0.names.tails[namer] == $0.truth ? 1 : 0 }) : nil)
    }
  }
}

/// Names the attribute behind a choice without a model: the tail of the chosen item that the last
/// six items share most.
///
/// Each tail counts as often as the recent items have it, times log(N / items with that tail).
struct SharedTailRule: Sendable {
  /// How many items before a choice are looked at.
  static let window = 6

  let index: TailIndex

  /// The tail named, of equal sums the one of fewer items; nil where none is shared.
  func attribute(of item: Int32, after history: some Collection<Int32>) -> ChoiceTruth.Attribute? {
    let recent = history.suffix(Self.window)
    var best: (attribute: ChoiceTruth.Attribute, sum: Double, count: Int)?
    for slot in 0..<index.tails.relationCount {
      for tail in index.tails.of(item: Int(item), slot: slot) {
        let held = recent.count { index.tails.of(item: Int($0), slot: slot).contains(tail) }
        guard held > 0 else { continue }
        let count = index.count(of: tail, slot: slot)
        let sum = Double(held) * log(Double(index.itemCount) / Double(max(1, count)))
        if let best, (best.sum, best.count * -1) >= (sum, count * -1) { continue }
        best = (.init(slot: slot, tail: tail), sum, count)
      }
    }
    return best?.attribute
  }
}

/// What simulated users followed: NAME.truth, which real data cannot have.
///
/// Columns `user_id:token`, `step:float` (from 1), `relation:token` and `entity:token`; both are
/// `none` where nothing in the history pointed to the choice.
package struct ChoiceTruth: Sendable {
  /// The attribute behind a choice.
  package struct Attribute: Sendable, Hashable {
    package let slot: Int
    package let tail: Int32
  }

  /// By user of the session, then by step from 0; nil for none.
  package let attributes: [[Attribute?]]

  /// Reads the truth of a session's users; nil where the data folder has no NAME.truth.
  ///
  /// - Parameter isStrict: whether steps and attributes that session and model lack are an error;
  ///   else they are passed over.
  package init?(_ session: Session, isStrict: Bool = true) throws(DataError) {
    guard let folder = session.folder, folder.has("truth") else { return nil }
    let path = folder.file("truth")
    let table = try AtomicTable.read(
      path,
      columns: [
        .init("user_id", .tokens), .init("step", .numbers), .init("relation", .tokens),
        .init("entity", .tokens),
      ])
    let users = try table.tokens("user_id")
    let relations = try table.tokens("relation")
    let entities = try table.tokens("entity")
    let steps = try table.numbers("step")
    let model = session.model
    let slots = (0..<relations.vocabulary.count).map {
      model.relations.id(of: relations.vocabulary[$0])
    }
    let tails = (0..<entities.vocabulary.count).map {
      model.tails.tokens.id(of: entities.vocabulary[$0])
    }
    var place: [String: Int] = [:]
    for (user, history) in session.users.enumerated() { place[history.user] = user }
    let places = (0..<users.vocabulary.count).map { place[users.vocabulary[$0]] }
    var attributes = session.users.map { [Attribute?](repeating: nil, count: $0.count) }
    for row in 0..<table.rowCount {
      guard let user = places[Int(users.ids[row])] else { continue }
      let count = attributes[user].count
      guard let step = Int(exactly: steps[row]), (1...max(1, count)).contains(step), count > 0
      else {
        guard isStrict else { continue }
        throw DataError(
          file: path, line: table.line(ofRow: row), field: "step",
          found: "\(steps[row])", expected: "a whole number from 1 to \(count)")
      }
      let relation = relations.vocabulary[Int(relations.ids[row])]
      guard relation != "none" else { continue }
      guard let slot = slots[Int(relations.ids[row])], let tail = tails[Int(entities.ids[row])]
      else {
        guard isStrict else { continue }
        throw DataError(
          file: path, line: table.line(ofRow: row),
          found: "\(relation) \(entities.vocabulary[Int(entities.ids[row])])",
          expected: "a relation and a tail that the model's memory knows, or none")
      }
      attributes[user][step - 1] = Attribute(slot: slot, tail: Int32(tail))
    }
    self.attributes = attributes
  }
}
