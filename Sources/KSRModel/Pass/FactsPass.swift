import CKernels
import KSRNumerics

/// What the memory of facts holds at each scored position, from w = 0 at the start of the sequence;
/// the equations are ``FactMemory``'s.
///
/// Rows are sparse: of each scored position the columns (``FactTable``) that hold something. Nothing in
/// w, m and f trains, so that backward there is only λ.
final class FactsPass {
  let table: FactTable
  /// f [S R].
  let largest = MatrixBuffer()
  /// D [S R]: Σ_i dLoss/dscore_i S_a(i), which a backward pass starts from.
  let matchGradient = MatrixBuffer()
  /// Where the columns of each scored row and relation start in `column` [S·R + 1].
  let start = AlignedBuffer<Int>(uninitialized: 0)
  /// The columns that hold something, row after row and relation after relation; of these w, m, and
  /// α_a λ_a m, what it adds to the scores of its items.
  let column = AlignedBuffer<Int32>(uninitialized: 0)
  let written = AlignedBuffer<Float>(uninitialized: 0)
  let held = AlignedBuffer<Float>(uninitialized: 0)
  let weight = AlignedBuffer<Float>(uninitialized: 0)

  private let sequence: SequenceOfWrites
  private let byColumn: AlignedBuffer<Float>  // of one row, where single items are matched
  private var relations: Int { table.relationCount }

  init(_ table: FactTable) {
    self.table = table
    sequence = SequenceOfWrites(table)
    byColumn = AlignedBuffer(table.columnCount)
  }

  /// The places of a scored row's columns.
  func row(_ row: Int) -> Range<Int> { start[row * relations]..<start[(row + 1) * relations] }

  /// w and m of all rows, to keep.
  var slots: FactSlots {
    let rows = largest.rows
    let count = start[rows * relations]
    func copy<Value>(_ values: AlignedBuffer<Value>) -> [Value] {
      Array(UnsafeBufferPointer(start: values.start, count: count))
    }
    return FactSlots(
      start: (0...rows).map { start[$0 * relations] }, column: copy(column),
      written: copy(written), held: copy(held))
  }

  /// Writes the items of each sequence, and keeps what is held where it is scored.
  ///
  /// - Parameter patched: slots of another run, read in the place of the own.
  func forward(_ batch: PackedSequences, patched: [Int: SlotContent] = [:]) {
    let f = largest.zeros(rows: batch.scoredCount, columns: relations)
    start.reserve(batch.scoredCount * relations + 1)
    start[0] = 0
    var count = 0
    batch.forEachSequence { places, items, scored in
      for t in 0..<places.count {
        sequence.write(Int(items[t]))
        // Scored rows come in the order of the sequences.
        guard scored[t] >= 0 else { continue }
        let most = count + sequence.count
        if most > column.count {
          column.extend(most + most / 2)
          written.extend(most + most / 2)
          held.extend(most + most / 2)
        }
        let row = Int(scored[t])
        sequence.hold(
          column.start, written.start, held.start, from: count,
          ends: start.start + row * relations + 1, largest: f.row(row))
        count += sequence.count
      }
      sequence.forget()
    }
    if !patched.isEmpty { replace(patched) }
  }

  /// Puts what other slots hold in the place of what was written.
  private func replace(_ patched: [Int: SlotContent]) {
    var rows: [FactSlots.Held] = []
    var ends: [Int] = []
    for row in 0..<largest.all.rows {
      for a in 0..<relations {
        if let content = patched[a] {
          rows += content.facts
          largest.all[row, a] = content.facts.reduce(0) { max($0, $1.held) }
        } else {
          let place = row * relations + a
          for k in start[place]..<start[place + 1] {
            rows.append(
              .init(
                column: column[k], tail: table.tail[Int(column[k])], written: written[k],
                held: held[k]))
          }
        }
        ends.append(rows.count)
      }
    }
    for (place, end) in ends.enumerated() { start[place + 1] = end }
    column.reserve(rows.count)
    written.reserve(rows.count)
    held.reserve(rows.count)
    for (k, fact) in rows.enumerated() {
      (column[k], written[k], held[k]) = (fact.column, fact.written, fact.held)
    }
  }

  /// α_a λ_a m, from the read weights α [S R], beside which there may be the null slot's.
  func weigh(_ p: KSRParameters, alpha: MutableMatrixView) {
    let strength = p.factStrength.map(FactMemory.strength)
    weight.reserve(start[alpha.rows * relations])
    let (start, held, weight) = (start.start, held.start, weight.start)
    for row in 0..<alpha.rows {
      for (a, strength) in strength.enumerated() {
        let factor = alpha[row, a] * strength
        let place = row * relations + a
        for k in start[place]..<start[place + 1] { weight[k] = factor * held[k] }
      }
    }
  }

  // MARK: Single items

  /// Calls `body` with what a row has of any column (``weight`` or ``held``), zeros elsewhere.
  private func withColumns<Result>(
    _ row: Int, _ values: AlignedBuffer<Float>, _ body: (AlignedBuffer<Float>) -> Result
  ) -> Result {
    for k in self.row(row) { byColumn[Int(column[k])] = values[k] }
    defer { for k in self.row(row) { byColumn[Int(column[k])] = 0 } }
    return body(byColumn)
  }

  /// Σ_a α_a λ_a S_a(i) at a scored row for some items, by their own facts.
  func match(_ row: Int, _ items: [Int32]) -> [Float] {
    withColumns(row, weight) { weight in
      items.map { item in table.columns(of: Int(item)).reduce(0) { $0 + weight[Int($1)] } }
    }
  }

  /// D_a += δ_i S_a(i) at a scored row, for some items.
  func addMatchGradient(_ row: Int, _ items: [Int32], _ slopes: [Float]) {
    let d = matchGradient.all.row(row)
    withColumns(row, held) { held in
      for (item, slope) in zip(items, slopes) {
        for c in table.columns(of: Int(item)) {
          d[Int(table.relation[Int(c)])] += slope * held[Int(c)]
        }
      }
    }
  }

  // MARK: Backward

  /// From D to dLoss/dα [S R + null slot], and to l.
  ///
  ///     dα_a = λ_a D_a        dl_a = σ(l_a) α_a D_a
  func backward(
    _ p: KSRParameters, alpha: MutableMatrixView, dalpha: MatrixBuffer,
    _ gradients: inout KSRParameters?
  ) {
    let (d, r) = (matchGradient.all, table.relationCount)
    let dalpha = dalpha.zeros(rows: alpha.rows, columns: alpha.columns)
    let strength = p.factStrength.map(FactMemory.strength)
    var slopes = [Double](repeating: 0, count: r)
    for row in 0..<alpha.rows {
      for a in 0..<r {
        dalpha[row, a] = strength[a] * d[row, a]
        slopes[a] += Double(alpha[row, a] * d[row, a])
      }
    }
    for a in 0..<r where gradients != nil {
      gradients?.factStrength[a] += Float(slopes[a]) * FactMemory.strengthSlope(p.factStrength[a])
    }
  }

  // MARK: Cost

  /// How many columns a scored position holds at most, about: those of the last 10 items, since
  /// after so many writes w is below ``FactMemory/floor``.
  static func heldCount(_ table: FactTable) -> Double {
    let facts = Double(table.columns.count) / Double(max(1, table.itemCount - 1))
    return min(Double(table.columnCount), 10 * facts)
  }

  /// The numbers kept of a batch: column, w, m and weight of what is held; f, D.
  static func bufferSize(_ table: FactTable, _ batch: BatchSize) -> Double {
    batch.scored * (4 * heldCount(table) + 2 * Double(table.relationCount))
  }

  /// The floating-point operations of a forward pass, at most: those of what is held, and an addition
  /// for each fact of the items that a position is compared with.
  static func flops(_ table: FactTable, candidates: Int, _ batch: BatchSize) -> Double {
    let facts = Double(table.columns.count) / Double(max(1, table.itemCount))
    return batch.scored * (6 * heldCount(table) + Double(candidates) * facts)
  }
}

/// w of the columns that a sequence has written so far.
///
/// Those that hold something lie next to each other by relation; the others are worked out when they
/// are written again, from how often their relation has been written since.
private final class SequenceOfWrites {
  /// What a column is asked for when it comes or goes.
  private struct Column: BitwiseCopyable {
    let idf: Float
    /// Its relation's writes when w was `left` last, which is of use where it holds nothing; 0 for never.
    var stamp: Int32 = 0
    var left: Float = 0
  }

  private let relations: Int
  private let itemStart: UnsafeMutablePointer<Int32>
  private let itemColumns: UnsafeMutablePointer<Int32>
  private let itemRelations: UnsafeMutablePointer<Int32>  // of the columns of the items
  private let columns: UnsafeMutablePointer<Column>
  /// By column its place among its relation's that hold something, from 1 on; 0 elsewhere.
  private let place: UnsafeMutablePointer<Int32>
  // What holds something, each relation's from its first column's number on: column, w, idf.
  private let relationStart: UnsafeMutablePointer<Int>
  private let activeCount: UnsafeMutablePointer<Int>
  private let active: UnsafeMutablePointer<Int32>
  private let weight: UnsafeMutablePointer<Float>
  private let idf: UnsafeMutablePointer<Float>
  private let writes: UnsafeMutablePointer<Int32>  // by relation
  private let gone: UnsafeMutablePointer<Int32>
  private let touched: UnsafeMutablePointer<Int32>
  private var touchedCount = 0
  /// What the pointers point into.
  private let buffers: [AnyObject]
  /// How many columns hold something.
  private(set) var count = 0

  init(_ table: FactTable) {
    var start = [Int](repeating: 0, count: table.relationCount + 1)
    for a in table.relation { start[Int(a) + 1] += 1 }
    for a in 0..<table.relationCount { start[a + 1] += start[a] }
    var buffers: [AnyObject] = []
    func keep<Value>(_ buffer: AlignedBuffer<Value>) -> UnsafeMutablePointer<Value> {
      buffers.append(buffer)
      return buffer.start
    }
    relations = table.relationCount
    itemStart = keep(AlignedBuffer(table.itemStart))
    itemColumns = keep(AlignedBuffer(table.columns))
    itemRelations = keep(AlignedBuffer(table.columns.map { table.relation[Int($0)] }))
    columns = keep(AlignedBuffer(table.idf.map { Column(idf: $0) }))
    place = keep(AlignedBuffer(table.columnCount))
    relationStart = keep(AlignedBuffer(start))
    activeCount = keep(AlignedBuffer(table.relationCount))
    active = keep(AlignedBuffer(table.columnCount))
    weight = keep(AlignedBuffer(table.columnCount))
    idf = keep(AlignedBuffer(table.columnCount))
    writes = keep(AlignedBuffer(table.relationCount))
    gone = keep(AlignedBuffer(table.columnCount))
    touched = keep(AlignedBuffer(table.columnCount))
    self.buffers = buffers
  }

  /// w_a ← (1 − z) w_a + z · 1[τ ∈ T_a(i)] for the relations under which the item has tails.
  func write(_ item: Int) {
    var (last, base) = (-1, 0)
    for k in Int(itemStart[item])..<Int(itemStart[item + 1]) {
      let c = Int(itemColumns[k])
      let a = Int(itemRelations[k])
      if a != last {
        fade(a)
        base = relationStart[a] - 1
      }
      last = a
      if place[c] == 0 { wake(c, a) }
      weight[base + Int(place[c])] += FactMemory.writeGate
    }
  }

  /// w_a ← (1 − z) w_a; what holds nothing any more makes room.
  private func fade(_ a: Int) {
    writes[a] += 1
    let base = relationStart[a]
    let (active, weight, idf) = (active + base, weight + base, idf + base)
    var end = activeCount[a]
    let below = ksr_facts_fade(end, 1 - FactMemory.writeGate, FactMemory.floor, weight, gone)
    // From behind, so that what takes a place has been looked at.
    for k in stride(from: below - 1, through: 0, by: -1) {
      let k = Int(gone[k])
      let c = Int(active[k])
      (columns[c].left, columns[c].stamp) = (weight[k], writes[a])
      place[c] = 0
      end -= 1
      guard k < end else { continue }
      (active[k], weight[k], idf[k]) = (active[end], weight[end], idf[end])
      place[Int(active[k])] = Int32(k + 1)
    }
    count -= below
    activeCount[a] = end
  }

  /// Puts a column among those that hold something, with what is left of it.
  private func wake(_ c: Int, _ a: Int) {
    var w: Float = 0
    if columns[c].stamp == 0 {
      touched[touchedCount] = Int32(c)
      touchedCount += 1
    } else {
      let age = Int(writes[a] - columns[c].stamp)
      if age < FactMemory.kept.count { w = columns[c].left * FactMemory.kept[age] }
    }
    let (end, base) = (activeCount[a], relationStart[a])
    (active[base + end], weight[base + end], idf[base + end]) = (Int32(c), w, columns[c].idf)
    (place[c], columns[c].stamp) = (Int32(end + 1), writes[a])
    activeCount[a] = end + 1
    count += 1
  }

  /// Gives the columns that hold something, with w and m.
  ///
  /// - Parameters:
  ///   - end: where to put them.
  ///   - ends: receives where each relation's end.
  ///   - largest: receives f of the row.
  func hold(
    _ column: UnsafeMutablePointer<Int32>, _ written: UnsafeMutablePointer<Float>,
    _ held: UnsafeMutablePointer<Float>, from end: Int, ends: UnsafeMutablePointer<Int>,
    largest: UnsafeMutablePointer<Float>
  ) {
    ksr_facts_hold(
      relations, relationStart, activeCount, active, weight, idf, end, column, written, held,
      ends, largest)
  }

  /// Ready for another sequence.
  func forget() {
    for k in 0..<touchedCount {
      let c = Int(touched[k])
      (columns[c].stamp, place[c]) = (0, 0)
    }
    for a in 0..<relations { (writes[a], activeCount[a]) = (0, 0) }
    (count, touchedCount) = (0, 0)
  }
}
