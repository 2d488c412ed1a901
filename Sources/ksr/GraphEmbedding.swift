import AtomicFiles
import Foundation
import KnowledgeGraph
import Text

/// The vectors of a data folder's graph: read where the files are there, else trained.
enum GraphEmbedding {
  struct Run {
    var epochs = 0
    var bestEpoch = 0
    var loss: Double?
    var seconds = 0.0
  }

  /// Reads NAME.ent_feature and NAME.rel_feature, or trains TransE where they are missing.
  static func load(
    _ folder: AtomicFolder, dimension: Int, seed: UInt64, threads: Int
  ) throws -> (entities: FeatureVectors, relations: FeatureVectors) {
    if let entities = try FeatureVectors.entities(of: folder),
      let relations = try FeatureVectors.relations(of: folder)
    {
      return (entities, relations)
    }
    let (entity, relation) = (folder.form.entityVectors.suffix, folder.form.relationVectors.suffix)
    for (there, missing) in [(entity, relation), (relation, entity)] where folder.has(there) {
      throw DataError(
        file: folder.file(missing), found: "no such file",
        expected: "the other half of \(folder.name).\(there), which would not be used without it;"
          + " 'ksr embed' makes both, and so does training where neither is there")
    }
    var settings = EmbeddingSettings(.memory)
    var command = "ksr embed --data \(shellWord(folder.path))"
    if dimension != settings.dimension { command += " --set embedding_size=\(dimension)" }
    if seed != settings.seed { command += " --set seed=\(seed)" }
    if folder.form != AtomicForm() { command += " --config FILE" }
    Console.note(
      "\(folder.name) has no .ent_feature and .rel_feature: training TransE on its graph. "
        + "'\(command)' keeps the vectors.")
    settings.dimension = dimension
    settings.seed = seed
    let trainer = try EmbeddingTrainer(try triples(of: folder), settings, threads: threads)
    let vectors = try train(trainer).vectors
    return (vectors.entities, vectors.relations)
  }

  /// NAME.kg to learn from, and NAME.valid.kg and NAME.test.kg where they are there.
  static func triples(of folder: AtomicFolder) throws -> LinkPredictionData {
    func optional(_ suffix: String) throws -> Triples? {
      folder.has(suffix) ? try read(folder.file(suffix), form: folder.form) : nil
    }
    return LinkPredictionData(
      train: try Triples.read(folder), validation: try optional("valid.kg"),
      test: try optional("test.kg"))
  }

  /// Triples of a file of any name; what is odd about them is noted.
  static func read(_ path: String, form: AtomicForm = AtomicForm()) throws -> Triples {
    let triples = try Triples.read(file: path, form: form)
    for warning in triples.warnings { Console.note(warning.description) }
    return triples
  }

  /// Trains with progress on stderr: a line that is rewritten on a terminal, elsewhere one for each
  /// validation, or for each tenth of the epochs.
  static func train(_ trainer: EmbeddingTrainer) throws -> (vectors: TransE, run: Run) {
    let line = LiveLines()
    let total = trainer.settings.epochs
    var run = Run()
    var last = ""
    let vectors = try trainer.run { event in
      switch event {
      case .progress(let epoch, let triples, let loss):
        line.show([
          "TransE epoch \(epoch)/\(total)  loss \(fixed(loss))\(last)  "
            + "\(rate(triples, line.seconds))  "
            + "\(line.timeLeft(done: triples, of: trainer.triplesInAll)) left"
        ])
      case .epoch(let number, let loss, let validation, let isBest):
        run.epochs = number
        run.loss = loss
        if isBest { run.bestEpoch = number }
        if let validation { last = "  valid MRR \(fixed(validation.mrr))" }
        let isDue =
          trainer.data.validation.count > 0
          ? validation != nil : number % max(1, total / 10) == 0
        if isDue, !Console.rewritesLines {
          Console.note(
            "TransE epoch \(number)/\(total)  loss \(fixed(loss))\(last)  "
              + rate(number * trainer.data.train.count, line.seconds))
        }
      }
    }
    line.clear()
    run.seconds = line.seconds
    let loss = run.loss.map { ", loss \(fixed($0))" } ?? ""
    Console.note(
      "TransE: \(trainer.data.train.count) triples, \(run.epochs) epochs\(loss), "
        + "\(duration(run.seconds)) "
        + "(\(rate(run.epochs * trainer.data.train.count, run.seconds)))")
    return (vectors, run)
  }

  private static func rate(_ triples: Int, _ seconds: Double) -> String {
    decimal(Double(triples) / max(seconds, 1e-9) / 1e6) + " million triples/s"
  }
}
