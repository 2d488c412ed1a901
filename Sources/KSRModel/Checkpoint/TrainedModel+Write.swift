import AtomicFiles

extension TrainedModel {
  /// Writes the model as one safetensors file, complete or not at all.
  public func write(to path: String) throws(CheckpointError) {
    try writeCheckpoint(try serialized(file: path), to: path)
  }

  /// The bytes of the model's file, the same for equal models.
  ///
  /// - Parameter file: what errors call it.
  /// - Throws: if a parameter is infinite or not a number, as after a training that diverged; such
  ///   a file could not be read again.
  package func serialized(file: String) throws(CheckpointError) -> [UInt8] {
    var tensors = parameters.entries.map {
      SafetensorsTensor($0.name, shape: $0.shape, .floats(parameters[keyPath: $0.path]))
    }
    if let vectors = tails.vectors {
      tensors.append(
        SafetensorsTensor(
          ModelFile.tailVectors, shape: [vectors.rows, vectors.columns], .floats(vectors.values)))
    }
    for tensor in tensors {
      if case .floats(let values) = tensor.elements {
        try checkFinite(values, tensor: tensor.name, file: file)
      }
    }
    tensors += text(ModelFile.Text.itemTokens, items)
    tensors += text(ModelFile.Text.itemNames, itemNames)
    tensors += text(ModelFile.Text.relationTokens, relations)
    tensors += text(ModelFile.Text.relationNames, relationNames)
    tensors += text(ModelFile.Text.tailTokens, tails.tokens)
    tensors += text(ModelFile.Text.tailNames, tails.names)
    tensors += text(ModelFile.Text.heldOutUsers, provenance.split.heldOutUsers)
    tensors += [
      SafetensorsTensor(
        ModelFile.factOffsets, shape: [tails.offsets.count], .int32s(tails.offsets)),
      SafetensorsTensor(ModelFile.factTails, shape: [tails.facts.count], .int32s(tails.facts)),
    ]
    return try SafetensorsContents(metadata: metadata, tensors: tensors).serialized(file: file)
  }

  private var metadata: [String: String] {
    var result = [
      ModelFile.Key.version: ModelFile.version,
      ModelFile.Key.dataName: provenance.dataName,
      ModelFile.Key.leaveOut: provenance.split.leaveOut.rawValue,
      ModelFile.Key.trainingDigest: provenance.trainingDigest,
    ]
    if let ratios = provenance.split.ratios {
      result[ModelFile.Key.ratios] = ratios.parts.map { "\($0)" }.joined(separator: ",")
      result[ModelFile.Key.groupBy] = ratios.isByUser ? "user" : "none"
    }
    for (key, value) in settings.keyValues { result[ModelFile.Prefix.settings + key] = value }
    for (key, value) in provenance.training { result[ModelFile.Prefix.training + key] = value }
    // A Double's description is the shortest that reads back as the same number.
    for (key, value) in provenance.metrics { result[ModelFile.Prefix.metric + key] = "\(value)" }
    return result
  }

  private func text(_ name: String, _ vocabulary: Vocabulary) -> [SafetensorsTensor] {
    text(name, bytes: vocabulary.bytes, offsets: vocabulary.offsets.map(Int64.init))
  }

  private func text(_ name: String, _ strings: [String]) -> [SafetensorsTensor] {
    var bytes: [UInt8] = []
    var offsets: [Int64] = [0]
    offsets.reserveCapacity(strings.count + 1)
    for string in strings {
      bytes.append(contentsOf: string.utf8)
      offsets.append(Int64(bytes.count))
    }
    return text(name, bytes: bytes, offsets: offsets)
  }

  private func text(_ name: String, bytes: [UInt8], offsets: [Int64]) -> [SafetensorsTensor] {
    [
      SafetensorsTensor(ModelFile.bytes(name), shape: [bytes.count], .bytes(bytes)),
      SafetensorsTensor(ModelFile.offsets(name), shape: [offsets.count], .int64s(offsets)),
    ]
  }
}

/// Refuses numbers that no model can work with.
func checkFinite(_ values: [Float], tensor: String, file: String) throws(CheckpointError) {
  var wrong = 0
  for value in values where !value.isFinite { wrong += 1 }
  guard wrong == 0 else {
    throw CheckpointError(
      .elementValue, file: file, tensor: tensor,
      "\(wrong) of \(values.count) elements are infinite or not a number, expected none")
  }
}
