import AtomicFiles

extension ModelFile {
  /// The settings and the provenance in a file's metadata, without the users held out.
  ///
  /// Metadata under other prefixes than ours is left to those who wrote it.
  static func metadata(
    of file: SafetensorsFile
  ) throws(CheckpointError) -> (settings: KSRSettings, provenance: Provenance) {
    guard let found = file.metadata[Key.version] else {
      throw CheckpointError(
        .contents, file: file.file,
        "it is not a model file: its metadata have no \(Key.version); parameters alone are read by"
          + " ksr import --state-dict")
    }
    guard found == version else {
      throw CheckpointError(
        .contents, file: file.file,
        "it is a model file of format \(quoted(found)), expected format \(version)")
    }
    var settings = KSRSettings()
    var provenance = Provenance()
    var problems: [String] = []
    for (key, value) in file.metadata.sorted(by: { $0.key < $1.key }) where key != Key.version {
      if let name = suffix(of: key, after: Prefix.settings) {
        if let setting = KSRSettings.key(name) {
          if !setting.read(.string(value), &settings) {
            problems.append("\(key) is \(quoted(value)), expected \(setting.expected)")
          }
        } else {
          problems.append("\(quoted(key)) is not known")
        }
      } else if let name = suffix(of: key, after: Prefix.training) {
        provenance.training[name] = value
      } else if let name = suffix(of: key, after: Prefix.metric) {
        if let number = Double(value) {
          provenance.metrics[name] = number
        } else {
          problems.append("\(quoted(key)) is \(quoted(value)), expected a number")
        }
      } else if key == Key.dataName {
        provenance.dataName = value
      } else if key == Key.trainingDigest {
        provenance.trainingDigest = value
      } else if key == Key.leaveOut {
        if let leaveOut = DataSplit.LeaveOut(rawValue: value) {
          provenance.split.leaveOut = leaveOut
        } else {
          let known = DataSplit.LeaveOut.allCases.map(\.rawValue).joined(separator: ", ")
          problems.append("\(key) is \(quoted(value)), expected one of \(known)")
        }
      } else if key == Key.ratios {
        let parts = value.split(separator: ",", omittingEmptySubsequences: false)
          .compactMap { Double($0) }
        let group = file.metadata[Key.groupBy] ?? ""
        if parts.count == 3, parts.allSatisfy({ $0 >= 0 && $0 <= 1e9 }), parts.reduce(0, +) > 0,
          ["user", "none"].contains(group)
        {
          provenance.split.ratios = DataSplit.Ratios(parts, isByUser: group == "user")
        } else {
          problems.append(
            "\(key) is \(quoted(value)) by \(quoted(group)), expected three shares by user or none")
        }
      } else if key == Key.groupBy, file.metadata[Key.ratios] != nil {
        continue
      } else if suffix(of: key, after: Prefix.data) != nil {
        problems.append("\(quoted(key)) is not known")
      }
    }
    let required =
      settings.keyValues.map { Prefix.settings + $0.key } + [
        Key.dataName, Key.leaveOut, Key.trainingDigest,
      ]
    problems += required.filter { file.metadata[$0] == nil }.map { "\($0) is missing" }
    guard problems.isEmpty else {
      throw CheckpointError(.contents, file: file.file, "in its metadata, \(listed(problems))")
    }
    return (settings, provenance)
  }

  /// What follows a prefix, compared by bytes: a name may begin with a combining character.
  private static func suffix(of key: String, after prefix: String) -> String? {
    guard key.utf8.starts(with: prefix.utf8) else { return nil }
    return String(decoding: key.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
  }

  /// Several problems in one sentence, the first few in full.
  static func listed(_ problems: [String]) -> String {
    let shown = 12
    let rest = problems.count - shown
    return problems.prefix(shown).joined(separator: "; ") + (rest > 0 ? "; and \(rest) more" : "")
  }
}
