import AtomicFiles

extension SafetensorsFile {
  /// A list of text stored as UTF-8 and offsets, both checked.
  func strings(_ name: String) throws(CheckpointError) -> [String] {
    let (bytes, offsets) = try text(name)
    return zip(offsets, offsets.dropFirst())
      .map { String(decoding: bytes[$0..<$1], as: UTF8.self) }
  }

  /// A list of different tokens stored as UTF-8 and offsets, both checked.
  func vocabulary(_ name: String) throws(CheckpointError) -> Vocabulary {
    let (bytes, offsets) = try text(name)
    // Identifiers are 32 bits wide wherever facts are stored.
    guard offsets.count <= Int(Int32.max) else {
      throw CheckpointError(
        .elementValue, file: file, tensor: ModelFile.offsets(name),
        "there are \(offsets.count - 1) tokens, expected fewer than \(Int32.max)")
    }
    var vocabulary = Vocabulary()
    let repeated = bytes.withUnsafeBufferPointer { all -> Int? in
      for id in 0..<offsets.count - 1 {
        let token = UnsafeBufferPointer(rebasing: all[offsets[id]..<offsets[id + 1]])
        if vocabulary.intern(token, hash: Vocabulary.hash(token)) != id { return id }
      }
      return nil
    }
    if let repeated {
      let token = String(decoding: bytes[offsets[repeated]..<offsets[repeated + 1]], as: UTF8.self)
      throw CheckpointError(
        .elementValue, file: file, tensor: ModelFile.bytes(name),
        "the token \(quoted(token)) comes again at place \(repeated), expected different tokens")
    }
    return vocabulary
  }

  /// The bytes and offsets of a list of text: every part is valid UTF-8 by itself.
  private func text(_ name: String) throws(CheckpointError) -> (bytes: [UInt8], offsets: [Int]) {
    let bytes = try self.bytes(ModelFile.bytes(name))
    let offsets = try integers(ModelFile.offsets(name))
    try checkOffsets(offsets, count: bytes.count, tensor: ModelFile.offsets(name))
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw CheckpointError(
        .elementValue, file: file, tensor: ModelFile.bytes(name), "the text is not valid UTF-8")
    }
    // The whole is valid, so a part is unless it begins inside a character.
    if let split = offsets.firstIndex(where: { $0 < bytes.count && UTF8.isContinuation(bytes[$0]) })
    {
      throw CheckpointError(
        .elementValue, file: file, tensor: ModelFile.offsets(name),
        "the offset at place \(split) is \(offsets[split]), inside a character")
    }
    return (bytes, offsets)
  }

  /// Offsets start at 0, never go back, and end at `count`.
  func checkOffsets<Offset: BinaryInteger>(
    _ offsets: [Offset], count: Int, tensor: String
  ) throws(CheckpointError) {
    func fail(_ detail: String) -> CheckpointError {
      CheckpointError(.elementValue, file: file, tensor: tensor, detail)
    }
    guard let first = offsets.first, let last = offsets.last else {
      throw fail("there are no offsets, expected at least one")
    }
    guard first == 0 else { throw fail("the offsets start at \(first), expected 0") }
    for place in 1..<max(offsets.count, 1) where offsets[place] < offsets[place - 1] {
      throw fail(
        "the offset at place \(place) is \(offsets[place]), expected at least \(offsets[place - 1])"
      )
    }
    guard last == count else { throw fail("the offsets end at \(last), expected \(count)") }
  }
}
