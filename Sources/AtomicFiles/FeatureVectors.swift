/// A vector for each of some tokens: the contents of NAME.ent_feature or NAME.rel_feature.
///
/// Where a token comes twice, its last vector holds, as in RecBole, and a warning tells.
public struct FeatureVectors: Sendable {
  /// The tokens in the order of their first appearance.
  package let tokens: Vocabulary
  package let width: Int
  /// The numbers, vector after vector in the order of `tokens`; all finite.
  package let values: [Float]
  /// Vectors that a later one of the same token replaced.
  package let duplicates: Int
  /// What was odd but could be read, a sentence each.
  package let warnings: [DataError]

  /// Vectors that are already in memory; there must be `width` numbers for each token.
  package init(tokens: Vocabulary, width: Int, values: [Float]) {
    precondition(values.count == tokens.count * width, "each token needs one vector")
    self.tokens = tokens
    self.width = width
    self.values = values
    duplicates = 0
    warnings = []
  }

  /// The vector of a token's identifier.
  package subscript(id: Int) -> ArraySlice<Float> { values[id * width..<(id + 1) * width] }

  /// The vectors of entities that a data set comes with; nil without such a file.
  package static func entities(of folder: AtomicFolder) throws(DataError) -> FeatureVectors? {
    try read(folder.form.entityVectors, of: folder)
  }

  /// The vectors of relations that a data set comes with; nil without such a file.
  package static func relations(of folder: AtomicFolder) throws(DataError) -> FeatureVectors? {
    try read(folder.form.relationVectors, of: folder)
  }

  private static func read(
    _ place: AtomicForm.Vectors, of folder: AtomicFolder
  ) throws(DataError) -> FeatureVectors? {
    guard folder.has(place.suffix) else { return nil }
    return try FeatureVectors(
      folder.file(place.suffix), id: place.id, vector: place.vector, form: folder.form)
  }

  /// Reads the named columns of a file; where nothing is named, or the file has no such column, the
  /// one `token` and the one `float_seq` column of it, whatever their names.
  package init(
    _ path: String, id: String? = nil, vector name: String? = nil, form: AtomicForm = AtomicForm()
  ) throws(DataError) {
    var key = ""
    var vector = ""
    let table = try AtomicTable.read(path, form: form) { header throws(DataError) in
      func column(_ name: String?, _ type: ColumnType) throws(DataError) -> String {
        if let name, header.contains(where: { $0.name == name }) { return name }
        return try Self.only(type, of: header, path)
      }
      key = try column(id, .token)
      vector = try column(name, .floatSequence)
      return [.init(key, .tokens), .init(vector, .vectors)]
    }
    guard table.rowCount > 0 else {
      throw DataError(file: path, found: "no rows below the header", expected: "a vector each row")
    }
    let keys = try table.tokens(key)
    let column = try table.vectors(vector)
    let last = table.rows(of: keys, key, keeping: .last)
    tokens = keys.vocabulary
    width = column.width
    duplicates = keys.ids.count - last.rows.count
    warnings = last.warnings
    if duplicates == 0 {
      values = column.values
    } else {
      values = last.rows.flatMap { column.values[$0 * column.width..<($0 + 1) * column.width] }
    }
  }

  private static func only(
    _ type: ColumnType, of header: [AtomicColumn], _ path: String
  ) throws(DataError) -> String {
    let columns = header.filter { $0.type == type }
    guard columns.count == 1 else {
      throw DataError(
        file: path, found: "the columns \(header.map(\.header).joined(separator: " "))",
        expected: "exactly one column of type \(type.rawValue)")
    }
    return columns[0].name
  }

  /// Writes a file that RecBole reads, with names of columns such as `ent_id` and `ent_vec`.
  ///
  /// Each number is the shortest text that reads back as the same number.
  package func write(
    to path: String, id: String, vector: String, form: AtomicForm = AtomicForm()
  ) throws(DataError) {
    var writer = try AtomicFileWriter(
      [AtomicColumn(id, .token), AtomicColumn(vector, .floatSequence)], form: form)
    for (row, token) in tokens.tokens.enumerated() {
      try writer.append([.token(token), .vector(Array(self[row]))])
    }
    try writer.write(to: path)
  }
}
