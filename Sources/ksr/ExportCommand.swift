import ArgumentParser
import AtomicFiles
import Foundation
import KSRModel
import Text
import Workspace

/// `ksr export`: a model for other programs.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a model's parameters under RecBole's names, or its vectors for TensorBoard.",
    discussion: """
      Without --vectors: DIR/state_dict.safetensors, with relation_Matrix beside the names of \
      RecBole's state dict. With it: DIR/KIND.tsv and DIR/KIND_metadata.tsv, to be loaded in the \
      embedding projector: items (q, with which scores are made), entities (items and known tails) \
      or states (of each user after the last interaction; needs --data).
      """)

  enum Vectors: String, ExpressibleByArgument, CaseIterable {
    case items, entities, states
  }

  @Argument(
    help: ArgumentHelp("The model file, or a checkpoint of RecBole.", valueName: "MODEL"),
    completion: .file(extensions: ["safetensors", "pth"]), transform: Console.modelPath)
  var model: String

  @Option(
    help: ArgumentHelp("The vectors to write, in place of the parameters.", valueName: "KIND"))
  var vectors: Vectors?

  @Option(
    name: .customLong("data"),
    help: ArgumentHelp(
      "The data folder with the users, for states, or of a checkpoint.", valueName: "DIR"),
    completion: .directory)
  var data: String?

  @Option(
    help: ArgumentHelp("The folder to write to; made if missing.", valueName: "DIR"),
    completion: .directory)
  var output: String

  func validate() throws {
    guard vectors != .states || data != nil else {
      throw ValidationError("--vectors states needs --data DIR: states are of users.")
    }
  }

  /// What is written, in the order of the output.
  private var files: [String] {
    guard let vectors else { return [output + "/state_dict.safetensors"] }
    return ["", "_metadata"].map { "\(output)/\(vectors.rawValue)\($0).tsv" }
  }

  mutating func run() throws {
    let model = try Console.model(model, data: data)
    let contents: ModelVectors
    switch vectors {
    case nil:
      let settings = Self.settingsForRecBole(model)
      let reason =
        "RecBole's KSR has no counterpart of this model and cannot load it; train one that has with:"
        + " \(settings.map { "--set \($0)" }.joined(separator: " "))"
      // What RecBole's names do not cover would be missing from the file.
      guard model.settings.memory != .facts, !model.settings.repeatBias else {
        throw UserError("\(self.model): \(reason)")
      }
      try makeFolder(output)
      try model.parameters.stateDict.write(to: files[0])
      Console.result(files[0])
      if !settings.isEmpty { Console.note(reason) }
      return
    case .items:
      try checkOutput()
      contents = .items(of: KSRNetwork(model), model)
    case .entities:
      try checkOutput()
      contents = .entities(of: model)
    case .states:
      try checkOutput()
      let session = try Session(model, folder: AtomicFolder(path: data ?? ""))
      for warning in session.warnings { Console.note(warning) }
      contents = .states(of: session)
    }
    for (file, text) in zip(files, [contents.vectorText, contents.metadataText]) {
      try writeAtomically(text, to: file)
    }
    Console.note("\(contents.vectors.rows) vectors of \(contents.vectors.columns) numbers")
    for file in files { Console.result(file) }
  }

  /// Notices before the work that the files cannot be written.
  private func checkOutput() throws {
    try makeFolder(output)
    for file in files { try AtomicFile.check(file) }
  }

  /// What a training must ask for so that RecBole's KSR has a counterpart of its model, where this
  /// model has none.
  private static func settingsForRecBole(_ model: TrainedModel) -> [String] {
    let relations = model.provenance.training["memory_relations"] ?? "all"
    return [
      (model.settings.memory != .linear, "memory=\(MemoryKind.linear.rawValue)"),
      (model.settings.repeatBias, "repeat_bias=false"),
      (!model.settings.hasPadRelation, "pad_relation=true"),
      (relations != "all", "memory_relations=all"),
    ].filter(\.0).map(\.1)
  }

}

/// Makes a folder, with those that it lies in.
func makeFolder(_ path: String) throws {
  do {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  } catch {
    throw DataError(file: path, found: "the folder cannot be made")
  }
}
