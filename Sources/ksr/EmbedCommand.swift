import ArgumentParser
import AtomicFiles
import Foundation
import KnowledgeGraph
import Text
import Workspace

/// `ksr embed`: vectors of a knowledge graph's entities and relations.
struct EmbedCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "embed",
    abstract: "Train TransE on NAME.kg and write NAME.ent_feature and NAME.rel_feature.",
    discussion: """
      TransE (Bordes and others 2013) puts head + relation near tail. The report tells how well the \
      vectors answer "head, relation, ?" and "?, relation, tail": the rank of the true answer among \
      all entities, other true answers left out, ties at their mean rank (MRR, Hits@1, 3, 10, also \
      by relation). It is measured on the test triples; where there are none, on those held out \
      (validation_share) or, failing that, on some of the training.

      A benchmark comes as files of its own: --train, --valid and --test take tables with or without \
      a header, 'head TAB relation TAB tail'. In a folder, NAME.valid.kg and NAME.test.kg beside \
      NAME.kg are taken for them.

      The same settings give the same bytes, whatever the number of threads.

      With --data the preset is memory (learning_rate 0.1, 20 epochs): KSR ranks better with it than \
      with vectors that answer better. With --train it is usual.

      Settings for --set, with the values of usual:
      \(EmbeddingSettings.help)
      """)

  @Option(
    name: .customLong("data"), help: ArgumentHelp("The data folder.", valueName: "DIR"),
    completion: .directory)
  var data: String?

  @Option(
    help: ArgumentHelp("Triples to learn from, in place of --data.", valueName: "FILE"),
    completion: .file())
  var train: String?

  @Option(
    help: ArgumentHelp("Triples by which the best epoch is chosen.", valueName: "FILE"),
    completion: .file())
  var valid: String?

  @Option(
    help: ArgumentHelp("Triples to measure with.", valueName: "FILE"), completion: .file())
  var test: String?

  @Option(
    help: ArgumentHelp(
      """
      The folder NAME to write NAME.ent_feature and NAME.rel_feature into; the data folder if not \
      given. With --train and without --output nothing is written.
      """, valueName: "DIR"),
    completion: .directory)
  var output: String?

  @Option(
    help: """
      Whose vectors to write: all entities, or those that items link to. Training uses all.
      """)
  var entities = WrittenEntities.all

  @Option(
    name: .customLong("config"), parsing: .upToNextOption,
    help: ArgumentHelp(
      """
      RecBole's settings files in YAML, for names of fields and files and for separators; the whole \
      graph is learnt from, whatever they filter.
      """, valueName: "FILE"),
    completion: .file(extensions: ["yaml", "yml"]))
  var files: [String] = []

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp("A setting, see above; may be given again.", valueName: "key=value"))
  var assignments: [String] = []

  @Flag(help: "The same as --set preset=quick.") var quick = false

  @OptionGroup var threads: ThreadOptions

  @Flag(help: "Print the report as JSON.") var json = false

  func validate() throws {
    guard (data == nil) != (train == nil) else {
      throw ValidationError("Give either --data DIR or --train FILE.")
    }
    guard train != nil || (valid == nil && test == nil) else {
      throw ValidationError("--valid and --test belong to --train.")
    }
    guard files.isEmpty || data != nil else { throw ValidationError("--config belongs to --data.") }
    guard entities == .all || data != nil else {
      throw ValidationError("--entities linked needs the links of --data.")
    }
  }

  mutating func run() throws {
    let settings = try readSettings()
    let source = try EmbeddingSource(self)
    let trainer = try EmbeddingTrainer(source.triples, settings, threads: threads.count)
    let (vectors, run) = try GraphEmbedding.train(trainer)
    var report = EmbeddingReport(
      trainer, vectors, epochs: run.epochs, bestEpoch: run.bestEpoch, loss: run.loss,
      seconds: run.seconds)
    report.files = try source.write(vectors, entities)
    Console.result(json ? try JSON.text(report) : report.text)
  }

  private func readSettings() throws -> EmbeddingSettings {
    do throws(DataError) {
      var given = Settings()
      if quick { given.set("preset", .string("quick"), source: "--quick") }
      for assignment in assignments { try given.merge(assignment: assignment, source: "--set") }
      var settings = EmbeddingSettings(data == nil ? .usual : .memory)
      for warning in try settings.apply(given) { Console.note(warning) }
      return settings
    } catch {
      throw ValidationError(error.description)
    }
  }
}

/// Whose vectors are written.
enum WrittenEntities: String, ExpressibleByArgument, CaseIterable {
  case all, linked
}

/// Where `ksr embed` reads from and writes to.
private struct EmbeddingSource {
  let triples: LinkPredictionData
  /// The data folder, if it was given.
  private let folder: AtomicFolder?
  /// The beginning of the files' paths, if there are any to write.
  private let target: String?
  private let form: AtomicForm

  init(_ command: EmbedCommand) throws {
    let output = command.output.map { path in
      let name = URL(fileURLWithPath: path).standardizedFileURL.lastPathComponent
      return (folder: path, name: name)
    }
    var settings = Settings()
    for file in command.files { try settings.merge(file: file) }
    settings.warnings.forEach(Console.note)
    form = try DataSettings(settings).form
    if let data = command.data {
      var folder = try AtomicFolder(path: data)
      folder.form = form
      self.folder = folder
      triples = try GraphEmbedding.triples(of: folder)
      target = (output?.folder ?? folder.path) + "/" + folder.name
    } else {
      folder = nil
      triples = LinkPredictionData(
        train: try Triples.read(file: command.train ?? ""),
        validation: try command.valid.map { path throws in try Triples.read(file: path) },
        test: try command.test.map { path throws in try Triples.read(file: path) })
      target = output.map { $0.folder + "/" + $0.name }
    }
    if let output {
      // Before the training, so that its hours are not lost to a wrong path.
      try FileManager.default.createDirectory(
        atPath: output.folder, withIntermediateDirectories: true)
    }
  }

  func write(_ vectors: TransE, _ which: WrittenEntities) throws -> [String] {
    guard let target else { return [] }
    var entities = vectors.entities
    if which == .linked, let folder {
      let links = try Links.read(folder)
      let linked = links.entities.tokens.filter { entities.tokens.id(of: $0) != nil }
      let rows = linked.compactMap { entities.tokens.id(of: $0) }
      entities = FeatureVectors(
        tokens: Vocabulary(linked), width: entities.width, values: rows.flatMap { entities[$0] })
    }
    let parts = [
      (entities, form.entityVectors, "ent"), (vectors.relations, form.relationVectors, "rel"),
    ]
    return try parts.map { vectors, place, name in
      let path = "\(target).\(place.suffix)"
      if FileManager.default.fileExists(atPath: path) { Console.note("\(path) is replaced.") }
      try vectors.write(
        to: path, id: place.id ?? "\(name)_id", vector: place.vector ?? "\(name)_vec", form: form)
      return path
    }
  }
}
