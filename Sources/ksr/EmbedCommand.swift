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
      TransE (Bordes et al. 2013) places head + relation near tail. The report is link prediction, \
      of tails and of heads: MRR and Hits@1, 3, 10, in all and by relation. Ranks are filtered, among \
      all entities, ties at their mean rank. They are measured on the test triples; where there are \
      none, on the validation triples (validation_share), else on a sample of the training triples.

      For a benchmark in files of its own, --train, --valid and --test take tables 'head TAB relation \
      TAB tail', with or without a header. In a data folder, NAME.valid.kg and NAME.test.kg beside \
      NAME.kg are used.

      The same settings give the same bytes, whatever the number of threads.

      With --data the preset is memory (learning_rate 0.1, 20 epochs): better link prediction does \
      not mean better recommendations. With --train it is usual.

      Settings for --set, with the values of usual:
      \(EmbeddingSettings.help)
      """)

  @Option(
    name: .customLong("data"), help: ArgumentHelp("The data folder.", valueName: "DIR"),
    completion: .directory)
  var data: String?

  @Option(
    help: ArgumentHelp("Training triples, in place of --data.", valueName: "FILE"),
    completion: .file())
  var train: String?

  @Option(
    help: ArgumentHelp("Validation triples, which choose the best epoch.", valueName: "FILE"),
    completion: .file())
  var valid: String?

  @Option(
    help: ArgumentHelp("Test triples.", valueName: "FILE"), completion: .file())
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
      RecBole's settings files in YAML, for names of fields and files and for separators. Their \
      filters do not apply: the whole graph is trained on.
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
        train: try GraphEmbedding.read(command.train ?? ""),
        validation: try command.valid.map { path throws in try GraphEmbedding.read(path) },
        test: try command.test.map { path throws in try GraphEmbedding.read(path) })
      target = output.map { $0.folder + "/" + $0.name }
    }
    // Before the training, so that its hours are not lost to a wrong path.
    if let output { try makeFolder(output.folder) }
    for path in files { try AtomicFile.check(path) }
  }

  /// The files to write: vectors of entities, then of relations.
  private var files: [String] {
    [form.entityVectors, form.relationVectors].compactMap { place in
      target.map { "\($0).\(place.suffix)" }
    }
  }

  func write(_ vectors: TransE, _ which: WrittenEntities) throws -> [String] {
    guard target != nil else { return [] }
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
    return try zip(parts, files).map { part, path in
      let (vectors, place, name) = part
      if FileManager.default.fileExists(atPath: path) { Console.note("\(path) is replaced.") }
      try vectors.write(
        to: path, id: place.id ?? "\(name)_id", vector: place.vector ?? "\(name)_vec", form: form)
      return path
    }
  }
}

extension EmbeddingReport {
  /// The report as a table: all questions, those for heads and for tails, then each relation.
  var text: String {
    var table = TextTable(
      [.left(width: 44)]
        + ["questions", "MRR", "Hits@1", "Hits@3", "Hits@10", "mean rank"].map {
          .right($0, width: 9)
        }, gap: 1)
    func add(_ name: String, _ scores: LinkPredictionScores) {
      let printed = printable(name, limit: 1000)
      // The end of a relation's path says most.
      let label = printed.count > 44 ? "…" + printed.suffix(43) : printed
      let shares = [scores.mrr, scores.hits1, scores.hits3, scores.hits10].map(fixed)
      table.add(
        [label, "\(scores.questions)"] + shares + [decimal(scores.meanRank, places: 1)])
    }
    add("all", scores)
    add("heads", heads)
    add("tails", tails)
    let shown = relations.prefix(Self.relationsShown)
    for relation in shown { add(relation.relation, relation.scores) }
    var lines =
      ["\(scores.questions) questions about \(source), filtered, ranked among \(entities) entities"]
      + table.lines
    if relations.count > shown.count {
      lines.append("… \(relations.count - shown.count) more relations; --json has them all")
    }
    return (lines + files).joined(separator: "\n")
  }

  private static let relationsShown = 30

  private var source: String {
    switch measured {
    case .test: "the test triples"
    case .validation: "the validation triples, by which the best epoch was chosen"
    case .training:
      "training triples (how they fit; --set validation_share=0.1 would hold some out)"
    }
  }
}
