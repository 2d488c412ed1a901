import AtomicFiles
import KSRNumerics

/// A trained network with the words that make its numbers readable: what a model file holds.
public struct TrainedModel: Sendable {
  /// The network's hyper-parameters.
  public var settings: KSRSettings
  /// The network's parameters, relation vectors included.
  public var parameters: KSRParameters
  /// Item tokens by identifier; 0 is `[PAD]`.
  public var items: Vocabulary
  /// What to call each item on the screen, by identifier (its token where nothing better is known).
  public var itemNames: NameList
  /// Relation tokens by slot; slot 0 is `[PAD]` where the settings say so.
  public var relations: Vocabulary
  /// What to call each relation on the screen, by slot.
  public var relationNames: [String]
  /// The known tails of the items under the memory's relations.
  public var tails: KnownTails
  /// Where the model comes from.
  public var provenance: Provenance

  /// A model made of its parts.
  public init(
    settings: KSRSettings, parameters: KSRParameters, items: Vocabulary, itemNames: NameList,
    relations: Vocabulary, relationNames: [String], tails: KnownTails, provenance: Provenance
  ) {
    precondition(items.count == parameters.itemCount && itemNames.count == items.count)
    precondition(relations.count == parameters.relationCount)
    precondition(relationNames.count == relations.count)
    self.settings = settings
    self.parameters = parameters
    self.items = items
    self.itemNames = itemNames
    self.relations = relations
    self.relationNames = relationNames
    self.tails = tails
    self.provenance = provenance
  }
}

/// The facts of the knowledge graph that concern the memory: item – relation – tail.
public struct KnownTails: Sendable, Equatable {
  /// Entity tokens of the tails, by tail identifier.
  public var tokens: Vocabulary
  /// What to call each tail on the screen.
  public var names: [String]
  /// Entity vectors of the tails [tails K], original (before any training of entities); nil where
  /// the embeddings do not hold them.
  public var vectors: Matrix?
  /// The number of memory slots R that `offsets` is laid out for.
  public var relationCount: Int
  /// Start of the facts of item i under slot a in `facts`, at i·R + a; one more entry at the end.
  public var offsets: [Int32]
  /// Tail identifiers.
  public var facts: [Int32]

  /// Facts laid out by item and slot.
  public init(
    tokens: Vocabulary, names: [String], vectors: Matrix?, relationCount: Int, offsets: [Int32],
    facts: [Int32]
  ) {
    self.tokens = tokens
    self.names = names
    self.vectors = vectors
    self.relationCount = relationCount
    self.offsets = offsets
    self.facts = facts
  }

  /// No facts for `itemCount` items and `relationCount` slots.
  package init(itemCount: Int, relationCount: Int) {
    self.init(
      tokens: Vocabulary(), names: [], vectors: nil, relationCount: relationCount,
      offsets: Array(repeating: 0, count: itemCount * relationCount + 1), facts: [])
  }

  /// The tails of an item under a slot.
  public func of(item: Int, slot: Int) -> ArraySlice<Int32> {
    let place = item * relationCount + slot
    return facts[Int(offsets[place])..<Int(offsets[place + 1])]
  }
}

/// Where a model comes from: data, split, settings of its training, metrics.
public struct Provenance: Sendable, Equatable {
  /// The name of the data folder it was trained on.
  package var dataName = ""
  /// How its interactions were split.
  public var split = DataSplit()
  /// A digest of the training interactions (tokens and order), to notice other data.
  package var trainingDigest = ""
  /// Settings of the training that are not the network's, under RecBole's names.
  public var training: [String: String] = [:]
  /// Metrics by name, such as `valid NDCG@10`.
  public var metrics: [String: Double] = [:]
  /// The epochs in which the loss jumped, so that training went back and halved its learning rate.
  package var recoveries: [Int] = []

  /// Nothing known.
  public init() {}
}

/// Which interactions were trained on.
public struct DataSplit: Sendable, Equatable {
  /// RecBole's `eval_args.split.LS`: which of a user's last interactions are left out of training.
  package enum LeaveOut: String, Sendable, CaseIterable {
    /// The last is for testing, the one before for validation.
    case validAndTest = "valid_and_test"
    case validOnly = "valid_only"
    case testOnly = "test_only"
  }

  /// RecBole's `eval_args.split.RS`: shares of training, validation and test, oldest first.
  package struct Ratios: Sendable, Equatable {
    /// The shares of training, validation and test; not negative, their sum above 0.
    package var parts: [Double]
    /// `eval_args.group_by`: whether each user's sequence is cut, or all interactions at one time.
    package var isByUser: Bool

    /// Shares of three parts.
    package init(_ parts: [Double], isByUser: Bool = true) {
      precondition(parts.count == 3)
      self.parts = parts
      self.isByUser = isByUser
    }

    /// How many of `count` cases are for training, validation and test.
    ///
    /// As RecBole counts: all but the first part are rounded down, what is left over goes to the
    /// first, and a part that would have less than one case takes one from it if it can.
    package func counts(of count: Int) -> [Int] {
      let sum = parts.reduce(0, +)
      var counts = parts.map { Int($0 / sum * Double(count)) }
      counts[0] = count - counts[1] - counts[2]
      for part in [2, 1] where counts[0] > 1 {
        let share = parts[part] / sum * Double(count)
        if share > 0, share < 1 {
          counts[part] += 1
          counts[0] -= 1
        }
      }
      return counts
    }
  }

  /// What is left out of each trained user's sequence.
  package var leaveOut = LeaveOut.validAndTest
  /// The shares that are cut off instead, if any.
  package var ratios: Ratios?
  /// Users left out of training altogether (`held_out_users`): tokens, `*` standing for any text.
  package var heldOutUsers: [String] = []

  /// Leave-one-out for validation and test; nobody held out.
  package init() {}
}
