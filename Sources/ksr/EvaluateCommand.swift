import ArgumentParser
import AtomicFiles
import Evaluation
import Foundation
import KSRModel
import Randomness
import Text
import Training
import Workspace

/// `ksr evaluate`: how well a model ranks what came next, beside baselines and other models.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Evaluate a model on its test set, beside baselines and other models.",
    discussion: """
      The data is read and split as in training; the model file says how. The test set is what \
      training and validation left out (leave-one-out: the last interaction of each user). Of users \
      held out of training it has every interaction from the second on. History is not masked, as in \
      RecBole's sequential models, unless --mask-history is given. Ties count at their mean rank.

      The table has NDCG, and what the model's has more than that of each row. --metrics and \
      --all-metrics print further ones, also with --json. ItemCoverage, AveragePopularity, \
      ShannonEntropy, GiniIndex and TailPercentage are RecBole's: the catalogue counts its padding \
      item, popularity is how often an item is a target of training, and the entropy is divided by \
      the number of items recommended. 'metrics' and 'tail_ratio' (0.1) of the training hold if \
      nothing else is said.

      The baseline popularity recommends the items most frequent in training. item-kNN recommends \
      the items most similar to the last one: cosine of co-occurrence in training, users with both / \
      √(users with the one · users with the other). NAME.none.safetensors beside NAME.safetensors is \
      compared without being named, as the same model without memory. Intervals come from 2000 \
      bootstrap resamples of whole users.
      """)

  @Argument(
    help: ArgumentHelp("The model file, or a checkpoint of RecBole.", valueName: "MODEL"),
    completion: .file(extensions: ["safetensors", "pth"]), transform: Console.modelPath)
  var model: String

  @Option(
    name: .customLong("data"), help: ArgumentHelp("The data folder.", valueName: "DIR"),
    completion: .directory)
  var data: String

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Other models of the same data; differences come with a paired bootstrap interval.",
      valueName: "MODEL"),
    completion: .file(extensions: ["safetensors", "pth"]))
  var against: [String] = []

  @Option(
    help: ArgumentHelp(
      """
      What targets are ranked among: full, uniN (N items drawn uniformly) or popN (by frequency in \
      training), as uni100; if not given, as for the training.
      """, valueName: "full|uniN|popN"))
  var mode: String?

  @Option(help: "The seed of uniN and popN.") var seed: UInt64 = 2020

  @Option(
    help: ArgumentHelp(
      "The lengths of the lists that metrics look at, as 5,10; if not given, as for the training.",
      valueName: "k,…"))
  var topk: String?

  @Option(
    help: ArgumentHelp(
      """
      Metrics to print beside NDCG, as RecBole names them: \
      \(MetricKind.allCases.map(\.rawValue).joined(separator: ",")).
      """, valueName: "NAME,…"))
  var metrics: String?

  @Flag(help: "Print all of these metrics.")
  var allMetrics = false

  @Flag(help: "Exclude the items of the history from the ranking.")
  var maskHistory = false

  @Option(
    help: ArgumentHelp(
      "Write the rank of each case's target under each row of the table, as TSV.",
      valueName: "FILE"),
    completion: .file())
  var perUser: String?

  @Flag(help: "Print one JSON object.")
  var json = false

  @OptionGroup var explanation: ExplanationOptions

  @Flag(
    help: """
      Diagnose the model as a whole: attention and gates, ablation of each relation (NDCG@10), \
      slices, the users predicted best and worst, suspicious links. The explorer's d shows the same.
      """)
  var diagnose = false

  @Flag(
    help: """
      Attribution over many users (--users): what their first recommendation loses without each step \
      by its age, without each relation, and by slices. The explorer's W shows the same.
      """)
  var overUsers = false

  @Option(
    help: ArgumentHelp(
      "For --over-users: the slice whose users alone ages and relations are of.", valueName: "NAME")
  )
  var slice: String?

  @Option(
    help: ArgumentHelp("For --over-users: also write it as a figure (SVG).", valueName: "FILE"),
    completion: .file(extensions: ["svg"]))
  var figure: String?

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    guard [diagnose, overUsers, explanation.explanations].count(where: { $0 }) < 2,
      !overUsers || against.isEmpty
    else {
      throw ValidationError(
        "--over-users goes with neither --explanations, --diagnose nor --against.")
    }
    guard overUsers || slice == nil && figure == nil else {
      throw ValidationError("--slice and --figure go with --over-users.")
    }
    guard !diagnose || !explanation.explanations && against.isEmpty else {
      throw ValidationError("--diagnose goes with neither --explanations nor --against.")
    }
    if let mode, CandidateMode(mode) == nil {
      throw ValidationError("--mode \(mode): expected \(CandidateMode.expected).")
    }
    if let metrics, Self.kinds(metrics) == nil {
      throw ValidationError(
        "--metrics \(metrics): expected \(SettingKind<[MetricKind]>.metrics.expected).")
    }
    if metrics != nil, allMetrics {
      throw ValidationError("--metrics and --all-metrics: give one of the two.")
    }
    if let topk, Self.lengths(topk) == nil {
      throw ValidationError("--topk \(topk): expected whole numbers from 1, such as 5,10.")
    }
  }

  private static func kinds(_ text: String) -> [MetricKind]? {
    SettingKind<[MetricKind]>.metrics.read(.string(text))
  }

  /// Different lengths from 1; nil if the text is none.
  private static func lengths(_ text: String) -> [Int]? {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    let lengths = parts.compactMap { Int($0) }.filter { (1...1_000_000).contains($0) }
    guard lengths.count == parts.count else { return nil }
    var seen: Set<Int> = []
    return lengths.filter { seen.insert($0).inserted }
  }

  mutating func run() throws {
    for path in [perUser, figure].compactMap({ $0 }) { try AtomicFile.check(path) }
    let folder = try AtomicFolder(path: data)
    let session = try Session(Console.model(model, data: data), folder: folder)
    for warning in session.warnings { Console.note(warning) }
    if explanation.explanations {
      let section = try ExplanationSection(
        session, users: explanation.users, threads: threads.count)
      Console.result(json ? try JSON.text(section) : section.text)
      return
    }
    if overUsers {
      let section = try PopulationSection(session, users: explanation.users, slice: slice)
      if let figure {
        try writeAtomically(section.svg(title: folder.name), to: figure)
        Console.note("figure: \(figure)")
      }
      Console.result(json ? try JSON.text(section.document) : section.text)
      return
    }
    if diagnose {
      let section = try DiagnosisSection(session)
      Console.result(json ? try JSON.text(section) : section.text)
      return
    }
    let paths = against + withoutMemory
    let others = try paths.map { try Session(Console.model($0, data: data), folder: folder) }
    for (path, other) in zip(paths, others) where other.users != session.users {
      throw ValidationError(
        "\(path) has other items, held-out users or data settings than \(model): their cases cannot "
          + "be paired.")
    }
    let sections = [false, true].compactMap { heldOut -> EvaluationSection? in
      let cases = RankingCase.cases(
        session.users, split: session.model.provenance.split, mark: .test,
        heldOutUsers: heldOut, maxLength: session.model.settings.maxItemListLength)
      guard !cases.isEmpty else { return nil }
      return EvaluationSection(
        name: heldOut ? "held-out users, every step" : testName(session), cases: cases,
        session: session, others: Array(zip(paths, others)), model: model, request(session))
    }
    guard !sections.isEmpty else {
      throw ValidationError(
        "\(data) has nothing to test on: no user with enough interactions"
          + (session.model.provenance.split.leaveOut == .validOnly
            ? ", and the split (valid_only) leaves nothing out for a test." : "."))
    }
    if let perUser {
      try writeAtomically(EvaluationSection.perUser(sections, session), to: perUser)
      Console.note("ranks of \(sections.reduce(0) { $0 + $1.caseCount }) cases: \(perUser)")
    }
    Console.result(
      json
        ? try EvaluationSection.json(sections, data: folder.name, model: model)
        : EvaluationSection.text(sections))
    let isCompared = ([session] + others).contains { $0.model.settings.memory == .none }
    if !isCompared {
      Console.note(
        "To measure the effect of the memory, train again with --set memory=none --output "
          + "\(Self.pathWithoutMemory(model)).")
    }
  }

  /// The same model trained without memory, if it lies beside and is not named.
  private var withoutMemory: [String] {
    let path = Self.pathWithoutMemory(model)
    return !against.contains(path) && FileManager.default.fileExists(atPath: path) ? [path] : []
  }

  /// NAME.none.safetensors for NAME.safetensors.
  private static func pathWithoutMemory(_ model: String) -> String {
    let ending = [".safetensors", ".pth", ".pt"].first(where: model.hasSuffix) ?? ""
    return model.dropLast(ending.count) + ".none.safetensors"
  }

  private func testName(_ session: Session) -> String {
    let byCount = session.users.allSatisfy { $0.ends == nil }
    return session.model.provenance.split.ratios == nil && byCount
      ? "leave-one-out test" : "test split"
  }

  /// What the options say, else what the training was asked for.
  private func request(_ session: Session) -> EvaluationSection.Request {
    let training = session.model.provenance.training
    var request = EvaluationSection.Request()
    request.mode =
      (mode ?? training["eval_args.mode.test"]).flatMap { CandidateMode($0) } ?? .full
    request.listLengths = (topk ?? training["topk"]).flatMap(Self.lengths) ?? [10]
    request.masksHistory = maskHistory
    request.seed = seed
    request.threads = threads.count
    // What training reports unasked is in the first table, or follows from it.
    let trained = training["metrics"].flatMap(Self.kinds) ?? TrainingSettings().metrics
    request.shown =
      allMetrics
      ? MetricKind.allCases
      : metrics.flatMap(Self.kinds)
        ?? (Set(trained) == Set(TrainingSettings().metrics) ? [] : trained)
    request.ofLists = request.shown.filter(\.isOfLists)
    request.tailRatio = training["tail_ratio"].flatMap { Double($0) } ?? RecommendedLists.tailRatio
    return request
  }
}
