import AtomicFiles
import KSRModel
import Text

/// A file of parameters that RecBole trained: a checkpoint, or a state dict as safetensors.
package struct RecBoleFile: Sendable {
  private let path: String
  private let parameters: StateDict
  /// What a checkpoint says of its settings; empty where it says nothing.
  private let configuration: [String: SettingValue]
  /// What a person should know about the file, a sentence each.
  package let notes: [String]

  /// Reads a file; one of our models is refused.
  package init(path: String) throws {
    self.path = path
    var notes: [String] = []
    if PyTorchCheckpoint.isMeant(by: path) {
      let file = try PyTorchCheckpoint(path: path)
      (parameters, configuration) = (file.stateDict, file.configuration)
      if configuration.isEmpty {
        notes.append("The checkpoint holds no settings that can be read.")
      }
      if let epoch = file.epoch {
        notes.append("The checkpoint is of epoch \(epoch), counted from 0.")
      }
    } else {
      let file = try SafetensorsFile(path: path)
      guard !file.metadata.keys.contains(where: { $0.hasPrefix("ksr.") }) else {
        let name = file.metadata["data.name"] ?? ""
        let data = name.isEmpty ? "DIR" : shellWord(name)
        throw UserError(
          "\(printable(path, limit: 1000)) is a model of ksr already: it needs no import. Open it with:"
            + " ksr-tui \(shellWord(path)) --data \(data)")
      }
      (parameters, configuration) = (try StateDict(file), [:])
    }
    self.notes = notes
  }

  /// The name of the folder of atomic files that the model was trained on, where the file tells.
  var dataName: String? {
    if case .string(let name) = configuration["dataset"] { return name }
    return nil
  }

  /// Joins the parameters with a data folder.
  ///
  /// - Parameters:
  ///   - settings: those of the training; what the checkpoint says wins over them.
  ///   - assignments: settings as `key=value`, which win over the checkpoint.
  package func imported(
    with folder: AtomicFolder, settings: Settings = Settings(), assignments: [String] = []
  ) throws -> (model: TrainedModel, notes: [String]) {
    var settings = settings
    var notes = notes
    // Where they differ about the network, the person should know.
    for key in ["gamma", "loss_type", "MAX_ITEM_LIST_LENGTH", "freeze_kg"] {
      guard let told = configuration[key], let entry = settings.entries[key], entry.value != told
      else { continue }
      notes.append(
        "\(key) is \(told) in the checkpoint and \(entry.value) in \(printable(entry.source)):"
          + " the checkpoint's counts.")
    }
    for (key, value) in configuration { settings.set(key, value, source: path) }
    for assignment in assignments { try settings.merge(assignment: assignment, source: "--set") }
    do {
      let result = try RecBoleImport(parameters, settings: settings, folder: folder)
      return (result.model, notes + result.notes)
    } catch let error as DataError {
      throw settings.located(error)
    }
  }
}

/// A model out of any file that holds one: a model file, or a checkpoint of RecBole with its data.
package struct OpenedModel: Sendable {
  package let model: TrainedModel
  /// What a person should know about it, a sentence each; how a checkpoint is kept comes last.
  package let notes: [String]

  /// Throws if a path is that of a folder, with the option that a data folder goes behind.
  package static func refuseFolder(_ path: String) throws(DataError) {
    guard Paths.isFolder(path) else { return }
    throw DataError(
      file: path, found: "a folder",
      expected: "a model file; a data folder goes behind --data, as in --data \(shellWord(path))")
  }

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - data: the data folder; of a checkpoint alone, what it was trained on if that lies beside it.
  ///   - refusesNonFinite: see ``TrainedModel/read(path:refusesNonFinite:)``.
  package init(path: String, data: String?, refusesNonFinite: Bool = true) throws {
    try Self.refuseFolder(path)
    guard PyTorchCheckpoint.isMeant(by: path) else {
      model = try TrainedModel.read(path: path, refusesNonFinite: refusesNonFinite)
      notes = []
      return
    }
    let file = try RecBoleFile(path: path)
    let beside = file.dataName.map { "\(Paths.parent(path))/\($0)" }
    guard let data = data ?? beside.flatMap({ Paths.isFolder($0) ? $0 : nil }) else {
      throw DataError(
        file: path, found: "a checkpoint of RecBole, which holds no names of items",
        expected: "the data folder that it was trained on"
          + (file.dataName.map { " (\(printable($0)))" } ?? "") + ": --data DIR")
    }
    let result = try file.imported(with: AtomicFolder(path: data))
    let output = "\(Paths.parent(path))/\(Paths.stem(path)).safetensors"
    let command = ["ksr", "import", path, "--data", data, "--output", output]
    model = result.model
    notes =
      result.notes + [
        "Opened RecBole's checkpoint; to keep it as a model file: "
          + command.map(shellWord).joined(separator: " ")
      ]
  }

  /// Whether it was made of a checkpoint just now.
  package var isImported: Bool { !notes.isEmpty }
}
