import AtomicFiles
import KSRModel
import Workspace

/// The file that a run goes on from: one safetensors file with everything in ``TrainingState``, the
/// settings, and digests of what was trained on.
package struct StateFile: Sendable {
  package let settings: RunSettings
  private let file: SafetensorsFile

  private enum Key {
    static let format = "state.format"
    static let step = "state.step"
    static let data = "state.data_digest"
    static let memory = "state.memory_digest"
    static let setting = "run."
    static let history = "history"
    static let recoveries = "recoveries"
  }

  /// The version written, and the only one read.
  private static let format = "3"

  /// Columns of the history before the metrics.
  private static let fixedColumns = 8

  /// Reads a file and its settings.
  package init(path: String) throws(CheckpointError) {
    file = try SafetensorsFile(path: path)
    guard let found = file.metadata[Key.format] else {
      throw CheckpointError(
        .contents, file: path, "it is not the state of a run: its metadata have no \(Key.format)")
    }
    guard found == Self.format else {
      throw CheckpointError(
        .contents, file: path,
        "it is a state of format \(quoted(found)), expected format \(Self.format)")
    }
    var settings = RunSettings()
    var ofData: [String: String] = [:]
    for key in RunSettings.keys {
      guard let value = file.metadata[Key.setting + key.name] ?? key.absent else {
        throw CheckpointError(.contents, file: path, "its settings have no \(key.name)")
      }
      if RunSettings.ofData.contains(key.name) {
        ofData[key.name] = value
      } else if !key.read(.string(value), &settings) {
        throw CheckpointError(
          .contents, file: path,
          "its setting \(key.name) is \(quoted(value)), expected \(key.expected)")
      }
    }
    do throws(DataError) {
      // Together, since they are checked against each other.
      settings.data = try DataSettings(given: ofData, source: path)
    } catch {
      throw CheckpointError(.contents, file: path, "\(error)")
    }
    self.settings = settings
  }

  // MARK: Writing

  /// Writes the state of a run, complete or not at all.
  static func write(
    _ state: TrainingState, settings: RunSettings, digests: RunDigests, to path: String
  ) throws(CheckpointError) {
    var metadata = [
      Key.format: format, Key.step: "\(state.optimiser.step)", Key.data: digests.data,
      Key.memory: digests.memory,
    ]
    for (key, value) in settings.keyValues { metadata[Key.setting + key] = value }
    var tensors: [SafetensorsTensor] = []
    for (group, parameters) in groups(of: state) {
      for entry in parameters.entries {
        tensors.append(
          SafetensorsTensor(
            "\(group).\(entry.name)", shape: entry.shape, .floats(parameters[keyPath: entry.path])))
      }
    }
    tensors.append(history(state.epochs, metricCount: settings.training.reportedMetrics.count))
    tensors.append(recoveries(state.recoveries))
    try SafetensorsContents(metadata: metadata, tensors: tensors).write(to: path)
  }

  private static func groups(of state: TrainingState) -> [(String, KSRParameters)] {
    [
      ("last", state.parameters), ("best", state.best), ("mean", state.optimiser.mean),
      ("variance", state.optimiser.variance),
    ] + (state.average.map { [("average", $0.parameters)] } ?? [])
  }

  private static func bits(_ number: Double) -> Int64 { Int64(bitPattern: number.bitPattern) }

  private static func number(_ bits: Int) -> Double {
    Double(bitPattern: UInt64(bitPattern: Int64(bits)))
  }

  /// The recoveries as rows of bit patterns; NaN stands for no loss.
  private static func recoveries(_ recoveries: [Recovery]) -> SafetensorsTensor {
    let rows = recoveries.flatMap { recovery in
      [
        Int64(recovery.epoch), bits(recovery.loss ?? .nan), bits(recovery.lowest),
        bits(Double(recovery.learningRate)),
      ]
    }
    return SafetensorsTensor(Key.recoveries, shape: [recoveries.count, 4], .int64s(rows))
  }

  /// The epochs as rows of bit patterns, so that they come back exactly.
  private static func history(_ epochs: [EpochReport], metricCount: Int) -> SafetensorsTensor {
    let rows = epochs.flatMap { epoch -> [Int64] in
      let metrics = epoch.validation ?? Array(repeating: 0, count: metricCount)
      return [
        bits(epoch.loss), Int64(epoch.scored), epoch.isBest ? 1 : 0,
        epoch.validation == nil ? 0 : 1, bits(epoch.score ?? 0), bits(epoch.seconds),
        bits(Double(epoch.learningRate)), Int64(epoch.recoveries),
      ] + metrics.map(bits)
    }
    return SafetensorsTensor(
      Key.history, shape: [epochs.count, fixedColumns + metricCount], .int64s(rows))
  }

  // MARK: Reading

  /// The state, for a run on the same data with the same graph.
  package func state(for run: ModelTraining) throws(CheckpointError) -> TrainingState {
    let digests = run.digests
    for (key, own, what) in [
      (Key.data, digests.data, "interactions"),
      (Key.memory, digests.memory, "graph or its vectors"),
    ] where file.metadata[key] != own {
      throw CheckpointError(
        .contents, file: file.file,
        "it belongs to a run on other data: the \(what) of \(run.data.folder.name) differ")
    }
    var state = TrainingState(
      from: KSRParameters(
        settings: run.settings, itemCount: run.memory.entityVectors.rows,
        relationCount: run.memory.relationVectors.rows),
      settings: run.settings, training: run.training)
    try read("last", into: &state.parameters)
    try read("best", into: &state.best)
    try read("mean", into: &state.optimiser.mean)
    try read("variance", into: &state.optimiser.variance)
    if var average = state.average {
      try read("average", into: &average.parameters)
      state.average = average
    }
    guard let step = file.metadata[Key.step].flatMap({ Int($0) }), step >= 0 else {
      throw CheckpointError(.contents, file: file.file, "its metadata have no number of steps")
    }
    state.optimiser.step = step
    state.epochs = try epochs(metricCount: run.training.reportedMetrics.count)
    state.recoveries = try recoveries()
    return state
  }

  private func read(
    _ group: String, into parameters: inout KSRParameters
  ) throws(CheckpointError) {
    for entry in parameters.entries {
      let name = "\(group).\(entry.name)"
      let shape = try file.shape(name)
      guard shape == entry.shape else {
        throw CheckpointError(
          .contents, file: file.file, tensor: name, "its shape is \(shape), expected \(entry.shape)"
        )
      }
      let values = try file.floats(name)
      guard values.allSatisfy(\.isFinite) else {
        throw CheckpointError(
          .elementValue, file: file.file, tensor: name, "some elements are not finite")
      }
      parameters[keyPath: entry.path] = values
    }
  }

  private func epochs(metricCount: Int) throws(CheckpointError) -> [EpochReport] {
    let shape = try file.shape(Key.history)
    let width = Self.fixedColumns + metricCount
    guard shape.count == 2, shape[1] == width else {
      throw CheckpointError(
        .contents, file: file.file, tensor: Key.history,
        "its shape is \(shape), expected [any, \(width)]")
    }
    let values = try file.integers(Key.history)
    return (0..<shape[0]).map { row in
      let columns = values[row * width..<(row + 1) * width].map { $0 }
      let isValidated = columns[3] != 0
      return EpochReport(
        number: row + 1, loss: Self.number(columns[0]), scored: columns[1],
        validation: isValidated ? columns[Self.fixedColumns...].map(Self.number) : nil,
        score: isValidated ? Self.number(columns[4]) : nil, isBest: columns[2] != 0,
        seconds: Self.number(columns[5]), learningRate: Float(Self.number(columns[6])),
        recoveries: columns[7])
    }
  }

  private func recoveries() throws(CheckpointError) -> [Recovery] {
    let shape = try file.shape(Key.recoveries)
    guard shape.count == 2, shape[1] == 4 else {
      throw CheckpointError(
        .contents, file: file.file, tensor: Key.recoveries,
        "its shape is \(shape), expected [any, 4]")
    }
    let values = try file.integers(Key.recoveries)
    return (0..<shape[0]).map { row in
      let loss = Self.number(values[4 * row + 1])
      return Recovery(
        epoch: values[4 * row], loss: loss.isFinite ? loss : nil,
        lowest: Self.number(values[4 * row + 2]),
        learningRate: Float(Self.number(values[4 * row + 3])))
    }
  }
}
