/// What the slots of a memory of facts hold at some steps, as sparse rows: a column (a relation's
/// tail, see ``FactTable``) with its w and m.
package struct FactSlots: Sendable, Equatable {
  /// A column of a row.
  package struct Held: Sendable, Hashable {
    package let column: Int32
    package let tail: Int32
    /// w: how much of the relation's slot is this tail.
    package let written: Float
    /// m = w^p idf.
    package let held: Float
  }

  /// Where each row starts; one more entry than rows.
  private let start: [Int]
  package let column: [Int32]
  /// w of each column.
  package let written: [Float]
  /// m of each column.
  package let held: [Float]

  init(start: [Int], column: [Int32], written: [Float], held: [Float]) {
    (self.start, self.column, self.written, self.held) = (start, column, written, held)
  }

  /// The places of a row's columns.
  package func row(_ row: Int) -> Range<Int> { start[row]..<start[row + 1] }

  /// What a relation's slot holds in a row, the largest m first.
  package func of(relation: Int, row: Int, in table: FactTable) -> [Held] {
    self.row(row).filter { table.relation[Int(column[$0])] == relation }
      .map {
        Held(
          column: column[$0], tail: table.tail[Int(column[$0])], written: written[$0],
          held: held[$0])
      }.sorted { $0.held != $1.held ? $0.held > $1.held : $0.column < $1.column }
  }
}
