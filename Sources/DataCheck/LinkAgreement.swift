import AtomicFiles
import Glibc
import Randomness

/// How well the facts of linked entities fit the items' own columns, against chance.
///
/// A class of an item (Comedy) and a tail of its entity (m.05p553) are two yes-or-no facts about
/// the item. If links are right, some tail tells much about each class, whatever it is called. The
/// agreement of a column with a relation is the mutual information of each class with its best
/// tail, summed over the classes and divided by their entropies: 0 to 1. Since the best of many
/// tails tells something by chance too, the same is computed for links drawn by lot among the
/// same items; the probability is that of a best pair this far above its chance.
///
/// Wrong links that keep an order (all moved on by the same number in a catalogue sorted by year)
/// still fit in a way and pass; names and years, where they can be read, speak against those.
struct LinkAgreement {
  /// The agreement of a column with a relation.
  struct Pair {
    let column: Int
    let relation: Int
    let agreement: Double
    /// The mean agreement of links drawn by lot.
    let chance: Double

    /// The agreement beyond chance, as part of what there could be.
    var excess: Double { chance < 1 ? (agreement - chance) / (1 - chance) : 0 }
  }

  /// The fewest items for which the statistic says something.
  static let leastItems = 50
  /// How often links are drawn by lot.
  static let permutations = 120
  /// Less agreement beyond chance than this is hardly any.
  static let leastExcess = 0.1
  /// Fewer items than this with a class or tail, or without, teach nothing about it.
  private static let leastCount = 5
  /// The most tails of a relation that are looked at, the most frequent ones.
  private static let mostTails = 150

  let columns: [ItemClasses]
  let pairs: [Pair]
  /// The probability that links drawn by lot fit as well or better.
  let probability: Double

  /// The pair that lies farthest above chance; of the first column where none does.
  var best: Pair? {
    let candidates = isByChance ? pairs.filter { $0.column == pairs[0].column } : pairs
    return candidates.max { $0.excess < $1.excess }
  }

  /// Whether the links fit no better than links drawn by lot.
  var isByChance: Bool { !pairs.isEmpty && probability > 0.02 }

  init(_ data: CheckedData, _ columns: [ItemClasses]) {
    self.columns = columns
    var pairs: [Pair] = []
    // The largest standard score over all pairs, for the links and for each drawing.
    var largest = [Double](repeating: -.infinity, count: Self.permutations + 1)
    for (number, column) in columns.enumerated() {
      guard let table = Table(data, column) else { continue }
      let scores = table.scores(drawings: Self.permutations, stream: UInt64(number))
      for (place, relation) in table.relations.enumerated() {
        let drawn = scores.dropFirst().map { $0[place] }
        let mean = drawn.reduce(0, +) / Double(drawn.count)
        let variance = drawn.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(drawn.count)
        guard variance > 0 else { continue }
        for (index, score) in scores.enumerated() {
          largest[index] = max(largest[index], (score[place] - mean) / variance.squareRoot())
        }
        pairs.append(
          Pair(column: number, relation: relation, agreement: scores[0][place], chance: mean))
      }
    }
    self.pairs = pairs
    let asLarge = largest.dropFirst().count { $0 >= largest[0] }
    probability = Double(asLarge + 1) / Double(Self.permutations + 1)
  }

  /// Items by class and by tail, ready to be counted together.
  private struct Table {
    let relations: [Int]
    /// The classes of each item that are frequent enough.
    private var classes: [[Int]]
    /// The tails of each item's entity that are frequent enough, all relations together.
    private var tails: [[Int]]
    private var classSizes: [Int] = []
    private var tailSizes: [Int] = []
    /// Where the tails of each of `relations` start; one more entry at the end.
    private var starts: [Int] = [0]
    /// k ln k for every count k.
    private let kLogK: [Double]

    /// The counts of a column; nil if no class or no tail is frequent enough.
    init?(_ data: CheckedData, _ column: ItemClasses) {
      let count = column.items.count
      let frequent =
        LinkAgreement
        .leastCount...max(
          LinkAgreement.leastCount, count - LinkAgreement.leastCount)
      var sizes = [Int](repeating: 0, count: column.classCount)
      for own in column.classes { for c in own { sizes[c] += 1 } }
      var classPlace = [Int?](repeating: nil, count: sizes.count)
      for (c, size) in sizes.enumerated() where frequent.contains(size) {
        classPlace[c] = classSizes.count
        classSizes.append(size)
      }
      classes = column.classes.map { $0.compactMap { classPlace[$0] } }
      tails = Array(repeating: [], count: count)
      var relations: [Int] = []
      for relation in data.relationsWithItems {
        let own = column.items.map { item in
          data.entityOfItem[item].map { data.graph.tails(of: $0, under: relation) } ?? []
        }
        var sizes: [Int32: Int] = [:]
        for tails in own { for tail in tails { sizes[tail, default: 0] += 1 } }
        let kept = sizes.filter { frequent.contains($0.value) }
          .sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(LinkAgreement.mostTails)
        guard !kept.isEmpty else { continue }
        var place: [Int32: Int] = [:]
        for (tail, size) in kept {
          place[tail] = tailSizes.count
          tailSizes.append(size)
        }
        for (item, known) in own.enumerated() { tails[item] += known.compactMap { place[$0] } }
        relations.append(relation)
        starts.append(tailSizes.count)
      }
      self.relations = relations
      kLogK = (0...count).map { $0 > 0 ? Double($0) * log(Double($0)) : 0 }
      guard !classSizes.isEmpty, !relations.isEmpty else { return nil }
    }

    /// The agreement with each relation, first of the links, then of links drawn by lot.
    func scores(drawings: Int, stream: UInt64) -> [[Double]] {
      var generator = SeededGenerator(seed: 1, stream: stream)
      var entity = Array(tails.indices)
      return (0...drawings).map { drawing in
        if drawing > 0 { generator.shuffle(&entity) }
        return score(entity)
      }
    }

    /// The agreement with each relation if each item had the entity of the item named.
    private func score(_ entity: [Int]) -> [Double] {
      let width = classSizes.count
      var both = [Int32](repeating: 0, count: tailSizes.count * width)
      both.withUnsafeMutableBufferPointer { both in
        for (item, own) in classes.enumerated() {
          for tail in tails[entity[item]] { for c in own { both[tail * width + c] += 1 } }
        }
      }
      return both.withUnsafeBufferPointer { both in
        kLogK.withUnsafeBufferPointer { kLogK in
          relations.indices.map { relation in
            agreement(starts[relation]..<starts[relation + 1], both, kLogK)
          }
        }
      }
    }

    private func agreement(
      _ tails: Range<Int>, _ both: UnsafeBufferPointer<Int32>, _ kLogK: UnsafeBufferPointer<Double>
    ) -> Double {
      let count = kLogK.count - 1
      let width = classSizes.count
      var (information, entropy) = (0.0, 0.0)
      for c in 0..<width {
        let size = classSizes[c]
        let ofClass = kLogK[count] - kLogK[size] - kLogK[count - size]
        var best = 0.0
        for tail in tails {
          let common = Int(both[tail * width + c])
          let other = tailSizes[tail]
          let ofBoth =
            kLogK[count] - kLogK[common] - kLogK[size - common] - kLogK[other - common]
            - kLogK[count - size - other + common]
          let ofTail = kLogK[count] - kLogK[other] - kLogK[count - other]
          best = max(best, ofClass + ofTail - ofBoth)
        }
        information += best
        entropy += ofClass
      }
      return information / entropy
    }
  }
}

/// What a column of NAME.item says about the linked items, as classes.
struct ItemClasses {
  let label: String
  /// The linked items for which it says something, those chosen most first.
  let items: [Int]
  /// The classes of each of `items`.
  let classes: [[Int]]
  let classCount: Int

  init(label: String, items: [Int], texts: (Int) -> [String]) {
    var vocabulary = Vocabulary()
    var kept: [Int] = []
    var classes: [[Int]] = []
    for item in items {
      let own = Set(texts(item).map { vocabulary.intern($0) }).sorted()
      guard !own.isEmpty else { continue }
      kept.append(item)
      classes.append(own)
    }
    self.label = label
    self.items = kept
    self.classes = classes
    classCount = vocabulary.count
  }
}

extension CheckedData {
  /// The columns of NAME.item whose classes can be compared with facts.
  ///
  /// Titles and years are no classes, but years by fives are.
  func itemClasses() -> [ItemClasses] {
    let linked = linkedItems
    var columns = classColumns.map { column in
      ItemClasses(label: column, items: linked) { item in
        pieces(column, of: item)
      }
    }
    columns.append(
      ItemClasses(label: "year", items: linked) { item in year(item).map { ["\($0 / 5)"] } ?? [] })
    return columns.filter { $0.items.count >= LinkAgreement.leastItems }
  }

  /// The columns that may hold classes.
  var classColumns: [String] {
    let others: Set = Set(AttributeTable.titleColumns + ["release_year", "year"])
    return (attributes?.columns ?? []).filter { !others.contains($0) }
  }

  /// The pieces of an item's value in a column.
  func pieces(_ column: String, of item: Int) -> [String] {
    guard let row = attributeRow[item], let value = attributes?.value(column, of: row) else {
      return []
    }
    return value.split(whereSeparator: { $0 == " " || $0 == "|" }).map(String.init)
  }
}
