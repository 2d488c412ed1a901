import AtomicFiles
import Randomness

/// Vectors such that head + relation is near tail in true triples: TransE, Bordes and others 2013.
///
/// For every triple, one with another head or tail is drawn, and where the true one is not nearer
/// by the margin, stochastic gradient descent moves both. Entities keep length 1.
///
/// The same triples and settings give the same bytes on every machine: one thread, a fixed order,
/// and only +, −, ×, ÷ and √ in single precision, which all processors round alike.
public struct TransE: Sendable {
  /// The vectors of all entities, in the order of the triples' vocabulary.
  public let entities: FeatureVectors
  /// The vectors of all relations, in the order of the triples' vocabulary.
  public let relations: FeatureVectors

  /// Trains on all triples and calls `progress` after each epoch, counted from 1, with the mean
  /// loss of a triple.
  package static func train(
    _ triples: Triples, _ settings: TransESettings = TransESettings(),
    progress: (_ epoch: Int, _ loss: Double) -> Void = { _, _ in }
  ) throws(DataError) -> TransE {
    try settings.validate(as: "TransE settings")
    guard triples.count > 0, triples.entities.count > 1 else {
      throw DataError(
        file: "knowledge graph",
        found: "\(triples.count) triples of \(triples.entities.count) entities",
        expected: "at least one triple and two entities")
    }
    var generator = SeededGenerator(seed: settings.seed)
    var entities = TransETable(
      rows: triples.entities.count, dimension: settings.dimension, &generator)
    var relations = TransETable(
      rows: triples.relations.count, dimension: settings.dimension, &generator)
    var order = Array(0..<triples.count)
    for epoch in 0..<settings.epochs {
      generator.shuffle(&order)
      let loss = entities.withRows { entities in
        relations.withRows { relations in
          let descent = TransEDescent(
            entities: entities, relations: relations, lanes: laneCount(settings.dimension),
            settings: settings)
          var sum = 0.0
          for index in order {
            let triple = TransETriple(triples, index)
            let corrupted = triple.corrupted(entities: triples.entities.count, &generator)
            sum += Double(descent.step(triple, corrupted))
          }
          return sum
        }
      }
      progress(epoch + 1, loss / Double(triples.count))
    }
    return TransE(
      entities: FeatureVectors(
        tokens: triples.entities, width: settings.dimension, values: entities.values),
      relations: FeatureVectors(
        tokens: triples.relations, width: settings.dimension, values: relations.values))
  }
}

struct TransETriple: Equatable {
  var head: Int
  var relation: Int
  var tail: Int

  init(head: Int, relation: Int, tail: Int) {
    self.head = head
    self.relation = relation
    self.tail = tail
  }

  init(_ triples: Triples, _ index: Int) {
    head = Int(triples.head[index])
    relation = Int(triples.relation[index])
    tail = Int(triples.tail[index])
  }

  /// The triple with another head or another tail, each of them equally likely.
  func corrupted(entities: Int, _ generator: inout SeededGenerator) -> TransETriple {
    var result = self
    let replacesHead = generator.next() >> 63 == 0
    let old = replacesHead ? head : tail
    let drawn = generator.integer(below: entities - 1)
    let other = drawn < old ? drawn : drawn + 1
    if replacesHead { result.head = other } else { result.tail = other }
    return result
  }
}

/// How many groups of eight numbers a row takes.
func laneCount(_ dimension: Int) -> Int { (dimension + 7) / 8 }

/// Rows of numbers in groups of eight, the last group filled up with zeros, which stay zeros.
///
/// Groups add and multiply number by number, so that the compiler may use whatever vector
/// instructions there are without changing a bit of the result.
struct TransETable {
  private(set) var lanes: [SIMD8<Float>]
  private let dimension: Int

  /// Random rows of length 1: uniform in ±6/√dimension, then normalised.
  init(rows: Int, dimension: Int, _ generator: inout SeededGenerator) {
    self.dimension = dimension
    let perRow = laneCount(dimension)
    let bound = 6 / Float(dimension).squareRoot()
    lanes = Array(repeating: .zero, count: rows * perRow)
    for row in 0..<rows {
      for column in 0..<dimension {
        lanes[row * perRow + column / 8][column % 8] = generator.uniform(-bound, bound)
      }
    }
    withRows { table in
      for row in 0..<rows { TransEDescent.normalise(table + row * perRow, lanes: perRow) }
    }
  }

  /// Gives the rows one after the other.
  mutating func withRows<Result>(
    _ body: (UnsafeMutablePointer<SIMD8<Float>>) -> Result
  ) -> Result {
    lanes.withUnsafeMutableBufferPointer { rows in
      guard let start = rows.baseAddress else { preconditionFailure("a table has rows") }
      return body(start)
    }
  }

  /// The numbers without the filling.
  var values: [Float] {
    let perRow = laneCount(dimension)
    let rows = lanes.count / perRow
    var values: [Float] = []
    values.reserveCapacity(rows * dimension)
    for row in 0..<rows {
      for column in 0..<dimension {
        values.append(lanes[row * perRow + column / 8][column % 8])
      }
    }
    return values
  }
}

package struct TransESettings: Sendable, Equatable {
  /// How far apart two points are.
  package enum Distance: String, Sendable, CaseIterable {
    /// The sum of the absolute differences.
    case l1
    case l2
  }

  package var dimension = 64
  package var epochs = 100
  package var learningRate: Float = 0.01
  package var margin: Float = 1
  package var distance = Distance.l2
  package var seed: UInt64 = 2020

  package init() {}
}

extension TransESettings: KeyedSettings {
  package static let keys: [SettingKey<Self>] = [
    .init("dimension", \.dimension, .count(1...4096), "width of the vectors"),
    .init("epochs", \.epochs, .count(0 ... .max), "how often each triple is used"),
    .init("learning_rate", \.learningRate, .number(above: 0, to: 1), "step of gradient descent"),
    .init(
      "margin", \.margin, .number(above: 0, to: 1000),
      "by how much a true triple should be nearer than a corrupted one"),
    .init("distance", \.distance, .choice, "distance between head + relation and tail"),
    .init("seed", \.seed, .count(), "determines all random choices"),
  ]
}
