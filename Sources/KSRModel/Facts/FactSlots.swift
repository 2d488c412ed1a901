/// What the slots of a memory of facts hold at some steps, as sparse rows: a column (a relation's
/// tail, see ``FactTable``) with its w and m.
package struct FactSlots: Sendable, Equatable {
  /// Where each row starts; one more entry than rows.
  private var start = [0]
  package private(set) var column: [Int32] = []
  /// w of each column: how much of the relation's slot is this tail.
  package private(set) var written: [Float] = []
  /// m = w^p idf of each column.
  package private(set) var held: [Float] = []

  /// The places of a row's columns.
  package func row(_ row: Int) -> Range<Int> { start[row]..<start[row + 1] }

  /// w and m of a relation's tails in a row; those that hold nothing are not there.
  package func of(
    relation: Int, row: Int, in table: FactTable
  ) -> [(column: Int32, written: Float, held: Float)] {
    self.row(row).filter { table.relation[Int(column[$0])] == relation }
      .map { (column[$0], written[$0], held[$0]) }
  }

  mutating func removeAll() {
    start = [0]
    column.removeAll(keepingCapacity: true)
    written.removeAll(keepingCapacity: true)
    held.removeAll(keepingCapacity: true)
  }

  mutating func append(_ column: Int32, written: Float, held: Float) {
    self.column.append(column)
    self.written.append(written)
    self.held.append(held)
  }

  mutating func endRow() { start.append(column.count) }
}
