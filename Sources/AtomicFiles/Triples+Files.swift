extension Triples {
  /// Reads triples from a file of any name: an atomic file like NAME.kg, or one without a header, as
  /// link-prediction benchmarks come: head, relation and tail on each line, separated by tabs.
  public static func read(
    file path: String, form: AtomicForm = AtomicForm()
  ) throws(DataError) -> Triples {
    let file = try MappedFile(path)
    if firstLine(file.bytes).contains(":token") { return try read(atomicFile: path, form: form) }
    return try readPlain(file.bytes, path)
  }

  private static func firstLine(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    String(decoding: bytes.prefix(1000).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
  }

  private static func readPlain(
    _ bytes: UnsafeBufferPointer<UInt8>, _ path: String
  ) throws(DataError) -> Triples {
    var triples = Triples(
      entities: Vocabulary(), relations: Vocabulary(), head: [], relation: [], tail: [])
    var (line, start) = (0, 0)
    while start < bytes.count {
      var end = start
      while end < bytes.count, bytes[end] != newline { end += 1 }
      line += 1
      var last = end
      if last > start, bytes[last - 1] == carriageReturn { last -= 1 }
      if last > start { try triples.append(bytes, start..<last, path, line) }
      start = end + 1
    }
    return triples
  }

  private mutating func append(
    _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ path: String, _ line: Int
  ) throws(DataError) {
    let fields = bytes[range].split(separator: tab, omittingEmptySubsequences: false)
    guard fields.count == 3 else {
      throw DataError(
        file: path, line: line, found: "\(fields.count) fields",
        expected: "head, relation and tail, separated by tabs")
    }
    func id(_ field: Slice<UnsafeBufferPointer<UInt8>>, _ name: String, in known: inout Vocabulary)
      throws(DataError) -> Int32
    {
      let token = UnsafeBufferPointer(rebasing: field)
      guard !token.isEmpty, String(validating: token, as: UTF8.self) != nil else {
        throw DataError(
          file: path, line: line, field: name,
          found: token.isEmpty ? "nothing" : "bytes that are not UTF-8", expected: "a token")
      }
      return Int32(known.intern(token, hash: Vocabulary.hash(token)))
    }
    head.append(try id(fields[0], "head", in: &entities))
    relation.append(try id(fields[1], "relation", in: &relations))
    tail.append(try id(fields[2], "tail", in: &entities))
  }
}
