import AtomicFiles

/// The form of a model file: the tensors it has beside the parameters, and the version of the form.
enum ModelFile {
  /// The version written, and the only one read.
  static let version = "1"

  /// The prefixes of metadata: settings of the network, of the training, the data, and results.
  enum Prefix {
    static let settings = "ksr."
    static let training = "training."
    static let data = "data."
    static let metric = "metric."
  }

  /// The metadata that is not under a name of its owner's choosing.
  enum Key {
    static let version = Prefix.settings + "format"
    static let dataName = Prefix.data + "name"
    static let leaveOut = Prefix.data + "leave_out"
    /// Shares of a split by ratio, and what is cut; only where there is such a split.
    static let ratios = Prefix.data + "ratios"
    static let groupBy = Prefix.data + "group_by"
    static let trainingDigest = Prefix.data + "training_digest"
    /// The epochs whose loss jumped, only where there are some.
    static let recoveries = "run.recoveries"
  }

  /// Lists of text, each a tensor NAME.bytes (UTF-8) and a tensor NAME.offsets.
  enum Text {
    static let itemTokens = "item.token"
    static let itemNames = "item.name"
    static let relationTokens = "relation.token"
    static let relationNames = "relation.name"
    static let tailTokens = "tail.token"
    static let tailNames = "tail.name"
    static let heldOutUsers = "split.held_out_users"
  }

  static let tailVectors = "tail.vectors"
  static let factOffsets = "fact.offsets"
  static let factTails = "fact.tails"

  static func bytes(_ text: String) -> String { text + ".bytes" }
  static func offsets(_ text: String) -> String { text + ".offsets" }

  /// A tensor that a model file should have.
  struct Expected {
    let name: String
    let type: ElementType
    /// Sides that may have any length are nil.
    let shape: [Int?]
    var isOptional = false

    func matches(_ tensor: TensorLayout) -> Bool {
      tensor.type == type && matches(shape: tensor.shape)
    }

    func matches(shape found: [Int]) -> Bool {
      found.count == shape.count && zip(found, shape).allSatisfy { $1 == nil || $0 == $1 }
    }

    var description: String {
      type.rawValue + " [" + shape.map { $0.map(String.init) ?? "any" }.joined(separator: ", ")
        + "]"
    }
  }

  /// The shapes of the parameters under the settings, computed without making the parameters: the
  /// settings come from a file and may ask for more memory than there is.
  static func parameters(
    _ settings: KSRSettings, items: Int?, relations: Int?
  ) -> [Expected] {
    let (e, k, h) = (settings.embeddingSize, settings.kgEmbeddingSize, settings.hiddenSize)
    var shapes: [(String, [Int?])] = [
      ("item_embedding.weight", [items, e]),
      ("entity_embedding.weight", [items, k]),
    ]
    for layer in 0..<settings.layerCount {
      shapes.append(("gru_layers.weight_ih_l\(layer)", [3 * h, layer == 0 ? e : h]))
      shapes.append(("gru_layers.weight_hh_l\(layer)", [3 * h, h]))
    }
    shapes += [
      ("dense.weight", [k, h]), ("dense.bias", [k]),
      ("dense_layer_u.weight", [e, h + k]), ("dense_layer_u.bias", [e]),
      ("dense_layer_i.weight", [e, e + k]), ("dense_layer_i.bias", [e]),
      ("relation_Matrix", [relations, k]),
    ]
    if settings.repeatBias { shapes.append(("repeat_bias", [1])) }
    if settings.memory == .facts {
      shapes += [("facts.strength", [relations]), ("facts.focus", [1])]
      if settings.nullSlot { shapes.append(("facts.null_logit", [1])) }
    }
    return shapes.map { Expected(name: $0.0, type: .f32, shape: $0.1) }
  }

  /// All tensors of a model file.
  static func tensors(
    _ settings: KSRSettings, items: Int?, relations: Int?, tails: Int?
  ) -> [Expected] {
    func text(_ name: String, _ count: Int?) -> [Expected] {
      [
        Expected(name: bytes(name), type: .u8, shape: [nil]),
        Expected(name: offsets(name), type: .i64, shape: [count.map { $0 + 1 }]),
      ]
    }
    var places: Int?
    if let items, let relations {
      let product = items.multipliedReportingOverflow(by: relations)
      places = product.overflow ? Int.max : product.partialValue + 1
    }
    return parameters(settings, items: items, relations: relations)
      + text(Text.itemTokens, items) + text(Text.itemNames, items)
      + text(Text.relationTokens, relations) + text(Text.relationNames, relations)
      + text(Text.tailTokens, tails) + text(Text.tailNames, tails)
      + text(Text.heldOutUsers, nil) + [
        Expected(
          name: tailVectors, type: .f32, shape: [tails, settings.kgEmbeddingSize], isOptional: true),
        Expected(name: factOffsets, type: .i32, shape: [places]),
        Expected(name: factTails, type: .i32, shape: [nil]),
      ]
  }
}

extension ModelFile {
  /// What a file has in the place of an expected tensor.
  enum Found {
    case nothing
    case fitting
    /// A tensor with another type or shape, in words.
    case other(String)
  }

  /// What is missing, unexpected and mismatched among a file's tensors, all together.
  ///
  /// - Parameters:
  ///   - names: the names of all tensors of the file.
  ///   - found: what the file has under the name of an expected tensor.
  /// - Returns: nil where the tensors are those expected.
  static func problems(
    expected: [Expected], names: [String], found: (Expected) -> Found
  ) -> String? {
    var missing: [String] = []
    var mismatched: [String] = []
    for tensor in expected {
      switch found(tensor) {
      case .nothing: if !tensor.isOptional { missing.append(tensor.name) }
      case .fitting: break
      case .other(let text):
        mismatched.append("\(tensor.name) is \(text), expected \(tensor.description)")
      }
    }
    let known = Set(expected.map(\.name))
    let unexpected = names.filter { !known.contains($0) }.map { quoted($0) }
    let problems = [("missing", missing), ("unexpected", unexpected), ("mismatched", mismatched)]
      .filter { !$0.1.isEmpty }.map { "\($0.0): \(listed($0.1))" }
    return problems.isEmpty ? nil : problems.joined(separator: "; ")
  }
}

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
      } else if key == Key.recoveries {
        let epochs = value.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        provenance.recoveries = epochs.compactMap { $0 }
        if epochs.contains(nil) {
          problems.append("\(key) is \(quoted(value)), expected numbers of epochs")
        }
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
    for key in KSRSettings.keys where file.metadata[Prefix.settings + key.name] == nil {
      if let value = key.absent { _ = key.read(.string(value), &settings) }
    }
    let required =
      KSRSettings.keys.filter { $0.absent == nil }.map { Prefix.settings + $0.name } + [
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
