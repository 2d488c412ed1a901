import AtomicFiles
import Glibc
import KSRNumerics
import Randomness

/// What a training of graph vectors tells while it runs.
public enum EmbeddingEvent: Sendable {
  /// So many triples of all epochs were used; `loss` is the mean of the epoch so far.
  case progress(epoch: Int, triples: Int, loss: Double)
  /// An epoch is over; the last two where it was validated.
  case epoch(number: Int, loss: Double, validation: LinkPredictionScores?, isBest: Bool)
}

/// Trains TransE on many threads; the result does not depend on how many.
///
/// A step takes a batch of triples, cut into chunks that share their negatives. Threads compute
/// the chunks' gradients at the same rows, then sum and apply them row by row, in the order of the
/// chunks. Random choices belong to the epoch and the chunk, not to the thread.
public struct EmbeddingTrainer: Sendable {
  /// The triples.
  public let data: LinkPredictionData
  /// How to train.
  public let settings: EmbeddingSettings
  /// How many threads may work.
  public let threads: Int

  /// A training; an error if a setting is out of range or there is nothing to learn from.
  ///
  /// The settings' `validation_share` is held out where the data has no validation triples.
  public init(
    _ data: LinkPredictionData, _ settings: EmbeddingSettings, threads: Int
  ) throws(DataError) {
    try settings.validate(as: "TransE settings")
    var data = data
    if data.validation.count == 0 {
      data.holdOut(share: settings.validationShare, seed: settings.seed)
    }
    guard data.train.count > 0, data.entities.count > 1 else {
      throw DataError(
        file: "knowledge graph",
        found: "\(data.train.count) triples of \(data.entities.count) entities",
        expected: "at least one triple and two entities")
    }
    try Self.checkMemory(data, settings)
    self.data = data
    self.settings = settings
    self.threads = threads
  }

  /// Refuses settings whose buffers would take more than half of the machine's memory.
  private static func checkMemory(
    _ data: LinkPredictionData, _ settings: EmbeddingSettings
  ) throws(DataError) {
    let batch = Double(min(settings.batchSize, data.train.count))
    let chunk = Double(settings.chunkSize)
    let negatives = Double(min(settings.negatives, data.entities.count))
    let chunks = (batch / chunk).rounded(.up)
    let perChunk =
      2 * (2 * chunk + negatives) * Double(settings.stride) + 2 * chunk * negatives
      + Double(data.entities.count)
    // Vectors, the best of them, and up to two moments.
    let vectors = 4 * Double((data.entities.count + data.relations.count) * settings.stride)
    let bytes = 4 * (chunks * perChunk + vectors)
    let machine = Double(sysconf(Int32(_SC_PHYS_PAGES))) * Double(sysconf(Int32(_SC_PAGESIZE)))
    guard bytes < machine / 2 else {
      throw DataError(
        file: "TransE settings", found: "buffers of \(Int(bytes / 1e9)) GB",
        expected: "at most half of this machine's \(Int(machine / 1e9)) GB; smaller negatives, "
          + "train_batch_size or embedding_size would help")
    }
  }

  /// The triples of all epochs, if none is saved by stopping early.
  public var triplesInAll: Int { settings.epochs * data.train.count }

  /// Trains and returns the vectors of the best validated epoch, or of the last.
  public func run(report: (EmbeddingEvent) -> Void = { _ in }) throws(DataError) -> TransE {
    let run = Run(self)
    try run.epochs(report)
    return run.vectors
  }

  private final class Run {
    private let trainer: EmbeddingTrainer
    private let settings: EmbeddingSettings
    private let questions: TrainingQuestions
    private let table: EmbeddingTable
    private let best: AlignedBuffer<Float>?
    private let chunks: [EmbeddingChunk]
    private let validation: LinkPrediction?
    private var step = 0

    /// Validation looks at so many triples at most, every so-many-th of them.
    private static let validationSample = 2500

    init(_ trainer: EmbeddingTrainer) {
      self.trainer = trainer
      settings = trainer.settings
      let data = trainer.data
      questions = TrainingQuestions(
        data.train, relationCount: data.relations.count, side: settings.side)
      let batch = min(settings.batchSize, data.train.count)
      let count = (batch + settings.chunkSize - 1) / settings.chunkSize
      chunks = (0..<count).map { [settings] _ in
        EmbeddingChunk(settings, entityCount: data.entities.count)
      }
      let negatives = min(settings.negatives, data.entities.count)
      table = EmbeddingTable(
        settings, entityCount: data.entities.count, relationCount: data.relations.count,
        sharesInStep: 3 * batch + count * negatives)
      if data.validation.count > 0 {
        let every = (data.validation.count + Self.validationSample - 1) / Self.validationSample
        validation = LinkPrediction(
          data, asking: data.validation.at(stride(from: 0, to: data.validation.count, by: every)),
          norm: settings.norm)
        best = AlignedBuffer<Float>(table.rows.count)
      } else {
        (validation, best) = (nil, nil)
      }
    }

    func epochs(_ report: (EmbeddingEvent) -> Void) throws(DataError) {
      var order = (0..<trainer.data.train.count).map { Int32($0) }
      var (bestMRR, sinceBest) = (-1.0, 0)
      for epoch in 1...max(1, settings.epochs) where epoch <= settings.epochs {
        let loss = runEpoch(epoch, &order, report)
        guard loss.isFinite else {
          throw DataError(
            file: "TransE", found: "a loss that is not finite in epoch \(epoch)",
            expected: "a smaller learning_rate than \(settings.learningRate)")
        }
        var scores: LinkPredictionScores?
        var isBest = validation == nil
        if let validation, epoch % settings.evaluationStep == 0 || epoch == settings.epochs {
          let found = validation.ranks(
            table.rows.start, stride: settings.stride, threads: trainer.threads
          ).scores
          scores = found
          isBest = found.mrr > bestMRR
          sinceBest = isBest ? 0 : sinceBest + 1
          if isBest {
            bestMRR = found.mrr
            best?.copy(table.rows)
          }
        }
        report(.epoch(number: epoch, loss: loss, validation: scores, isBest: isBest))
        if sinceBest > settings.stoppingStep { break }
      }
      if let best, bestMRR >= 0 { table.rows.copy(best) }
    }

    private func runEpoch(
      _ epoch: Int, _ order: inout [Int32], _ report: (EmbeddingEvent) -> Void
    ) -> Double {
      var generator = SeededGenerator(seed: settings.seed, stream: UInt64(epoch))
      shuffle(&order, &generator)
      let chunkSeed = generator.next()
      let rate = settings.learningRate * settings.schedule.factor(epoch, of: settings.epochs)
      let count = order.count
      var loss = 0.0
      for start in stride(from: 0, to: count, by: settings.batchSize) {
        let batch = order[start..<min(start + settings.batchSize, count)]
        let used = (batch.count + settings.chunkSize - 1) / settings.chunkSize
        let scale = 1 / Float(batch.count)
        let rows = table.rows
        parallel(used, threads: trainer.threads) { [settings, chunks, questions] index in
          let first = start + index * settings.chunkSize
          let triples = batch[first..<min(first + settings.chunkSize, batch.endIndex)]
          var generator = SeededGenerator(seed: chunkSeed, stream: UInt64(first))
          chunks[index].run(triples, of: questions, table: rows.start, scale: scale, &generator)
        }
        step += 1
        table.step(chunks[..<used], step: step, rate: rate, threads: trainer.threads)
        for chunk in chunks[..<used] { loss += chunk.loss }
        report(
          .progress(
            epoch: epoch, triples: (epoch - 1) * count + batch.endIndex,
            loss: loss / Double(batch.endIndex)))
      }
      return loss / Double(count)
    }

    /// `SeededGenerator.shuffle`, which is slow where it is not compiled for the type.
    private func shuffle(_ order: inout [Int32], _ generator: inout SeededGenerator) {
      order.withUnsafeMutableBufferPointer { order in
        for place in stride(from: order.count - 1, to: 0, by: -1) {
          order.swapAt(place, generator.integer(below: place + 1))
        }
      }
    }

    /// The vectors, all multiplied with the number that gives entities their mean length.
    var vectors: TransE {
      let data = trainer.data
      let count = data.entities.count
      var (entities, relations) = (
        table.values(0..<count), table.values(count..<count + data.relations.count)
      )
      if settings.entityLength > 0 {
        let squares = stride(from: 0, to: entities.count, by: settings.dimension).map { start in
          entities[start..<start + settings.dimension].reduce(0) { $0 + $1 * $1 }
        }
        let mean = squares.reduce(0) { $0 + $1.squareRoot() } / Float(count)
        let factor = mean > 0 ? settings.entityLength / mean : 1
        for index in entities.indices { entities[index] *= factor }
        for index in relations.indices { relations[index] *= factor }
      }
      return TransE(
        entities: FeatureVectors(
          tokens: data.entities, width: settings.dimension, values: entities),
        relations: FeatureVectors(
          tokens: data.relations, width: settings.dimension, values: relations))
    }
  }
}

extension EmbeddingSettings.Schedule {
  /// What the step size of an epoch, counted from 1, is multiplied with.
  func factor(_ epoch: Int, of epochs: Int) -> Float {
    switch self {
    case .constant: 1
    case .linear: max(0.01, 1 - Float(epoch - 1) / Float(max(1, epochs)))
    }
  }
}
