import ArgumentParser
import AtomicFiles
import Foundation
import KnowledgeGraph

/// `ksr embed`: vectors of a knowledge graph's entities and relations.
struct EmbedCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "embed",
    abstract: "Train TransE on NAME.kg and write NAME.ent_feature and NAME.rel_feature.")

  @Option(name: .customLong("data"), help: ArgumentHelp("The data folder.", valueName: "DIR"))
  var data: String

  @Option(help: ArgumentHelp("Where to write; the data folder if not given.", valueName: "DIR"))
  var output: String?

  @Option(help: "Width of the vectors.") var dimension = 64
  @Option(help: "Passes over the triples.") var epochs = TransESettings().epochs
  @Option(name: .customLong("learning-rate"), help: "Step size of the descent.")
  var learningRate = TransESettings().learningRate
  @Option(help: "By how much a true triple should be nearer.") var margin = TransESettings().margin
  @Option(help: "Determines every random choice.") var seed = TransESettings().seed

  mutating func run() throws {
    let folder = try AtomicFolder(path: data)
    var settings = TransESettings()
    settings.dimension = dimension
    settings.epochs = epochs
    settings.learningRate = learningRate
    settings.margin = margin
    settings.seed = seed
    let vectors = try GraphEmbedding.train(folder, settings)
    let target = (output ?? folder.path) + "/" + folder.name
    try vectors.entities.write(to: target + ".ent_feature", id: "ent_id", vector: "ent_vec")
    try vectors.relations.write(to: target + ".rel_feature", id: "rel_id", vector: "rel_vec")
    Console.result("\(target).ent_feature \(vectors.entities.tokens.count) × \(dimension)")
    Console.result("\(target).rel_feature \(vectors.relations.tokens.count) × \(dimension)")
  }
}

/// The vectors of a data folder's graph: read where the files are there, else trained.
enum GraphEmbedding {
  /// Reads NAME.ent_feature and NAME.rel_feature, or trains TransE where they are missing.
  static func load(
    _ folder: AtomicFolder, dimension: Int, seed: UInt64
  ) throws -> (entities: FeatureVectors, relations: FeatureVectors) {
    if let entities = try FeatureVectors.entities(of: folder),
      let relations = try FeatureVectors.relations(of: folder)
    {
      return (entities, relations)
    }
    Console.note(
      "\(folder.name) has no .ent_feature and .rel_feature: training TransE on its graph. "
        + "'ksr embed --data \(folder.path)' keeps the vectors.")
    var settings = TransESettings()
    settings.dimension = dimension
    settings.seed = seed
    let vectors = try train(folder, settings)
    return (vectors.entities, vectors.relations)
  }

  /// Trains TransE with progress on stderr.
  static func train(_ folder: AtomicFolder, _ settings: TransESettings) throws -> TransE {
    let triples = try Triples.read(folder)
    let line = ProgressLine()
    var last = 0.0
    let vectors = try TransE.train(triples, settings) { epoch, loss in
      last = loss
      line.show(
        "TransE epoch \(epoch)/\(settings.epochs)  loss \(fixed(loss))  "
          + "\(line.timeLeft(done: epoch, of: settings.epochs)) left")
    }
    line.clear()
    let rate = Double(triples.count * settings.epochs) / max(line.seconds, 1e-9) / 1e6
    Console.note(
      "TransE: \(triples.count) triples, \(settings.epochs) epochs, loss \(fixed(last)), "
        + "\(duration(line.seconds)) (\(String(format: "%.2f", rate)) million triples/s)")
    return vectors
  }
}
