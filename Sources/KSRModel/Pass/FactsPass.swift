import KSRNumerics

/// What the memory of facts holds at each scored position, from w = 0 at the start of the sequence;
/// the equations are ``FactMemory``'s.
///
/// Nothing in w, m and f trains, so that backward there is only λ.
final class FactsPass {
  let table: FactTable
  /// f [S R].
  let largest = MatrixBuffer()
  /// D [S R]: Σ_i dLoss/dscore_i S_a(i), which a backward pass starts from.
  let matchGradient = MatrixBuffer()
  /// w and m by scored row.
  private(set) var slots = FactSlots()
  /// α_a λ_a m of each held column: what it adds to the scores of its items.
  private(set) var weight: [Float] = []

  // Of the sequence at work: writes by relation; w and the relation's writes then, by column.
  private var writes: [Int32]
  private var value: [Float]
  private var stamp: [Int32]
  private var isHeld: [Bool]

  init(_ table: FactTable) {
    self.table = table
    writes = Array(repeating: 0, count: table.relationCount)
    value = Array(repeating: 0, count: table.columnCount)
    stamp = Array(repeating: 0, count: table.columnCount)
    isHeld = Array(repeating: false, count: table.columnCount)
  }

  /// Writes the items of each sequence, and keeps what is held where it is scored.
  func forward(_ batch: PackedSequences) {
    let f = largest.zeros(rows: batch.scoredCount, columns: table.relationCount)
    slots.removeAll()
    var (active, touched) = ([Int32](), [Int32]())
    batch.forEachSequence { places, items, scored in
      for t in 0..<places.count {
        write(Int(items[t]), &active, &touched)
        // Scored rows come in the order of the sequences.
        if scored[t] >= 0 { hold(&active, f.row(Int(scored[t]))) }
      }
      for c in touched { (value[Int(c)], stamp[Int(c)], isHeld[Int(c)]) = (0, 0, false) }
      for a in writes.indices { writes[a] = 0 }
      active.removeAll(keepingCapacity: true)
      touched.removeAll(keepingCapacity: true)
    }
  }

  /// w_a ← (1 − z) w_a + z · 1[τ ∈ T_a(i)] for the relations under which the item has tails; of the
  /// other tails w is worked out when it is asked for.
  private func write(_ item: Int, _ active: inout [Int32], _ touched: inout [Int32]) {
    var last: Int32 = -1
    for c in table.columns(of: item) {
      let (c, a) = (Int(c), table.relation[Int(c)])
      if a != last { writes[Int(a)] += 1 }
      last = a
      if stamp[c] == 0 { touched.append(Int32(c)) }
      value[c] = now(c) + FactMemory.writeGate
      stamp[c] = writes[Int(a)]
      if !isHeld[c] {
        isHeld[c] = true
        active.append(Int32(c))
      }
    }
  }

  /// w of a column.
  private func now(_ c: Int) -> Float {
    let age = Int(writes[Int(table.relation[c])] - stamp[c])
    return age < FactMemory.kept.count ? value[c] * FactMemory.kept[age] : 0
  }

  private func hold(_ active: inout [Int32], _ f: UnsafeMutablePointer<Float>) {
    var kept = 0
    for c in active {
      let w = now(Int(c))
      guard w >= FactMemory.floor else {
        isHeld[Int(c)] = false
        continue
      }
      active[kept] = c
      kept += 1
      let m = FactMemory.held(w, idf: table.idf[Int(c)])
      slots.append(c, written: w, held: m)
      let a = Int(table.relation[Int(c)])
      f[a] = max(f[a], m)
    }
    active.removeLast(active.count - kept)
    slots.endRow()
  }

  /// α_a λ_a m, from the read weights α [S R], beside which there may be the null slot's.
  func weigh(_ p: KSRParameters, alpha: MutableMatrixView) {
    let strength = p.factStrength.map(FactMemory.strength)
    weight.removeAll(keepingCapacity: true)
    for row in 0..<alpha.rows {
      for k in slots.row(row) {
        let a = Int(table.relation[Int(slots.column[k])])
        weight.append(alpha[row, a] * strength[a] * slots.held[k])
      }
    }
  }

  /// Σ_a α_a λ_a S_a(i) at a scored row: for one item, by its own facts.
  func match(_ row: Int, _ item: Int32) -> Float {
    var sum: Float = 0
    for k in slots.row(row) where table.has(Int(item), slots.column[k]) { sum += weight[k] }
    return sum
  }

  /// D_a += δ S_a(i) at a scored row, for one item.
  func addMatchGradient(_ row: Int, _ item: Int32, _ slope: Float) {
    let d = matchGradient.all.row(row)
    for k in slots.row(row) where table.has(Int(item), slots.column[k]) {
      d[Int(table.relation[Int(slots.column[k])])] += slope * slots.held[k]
    }
  }

  /// From D to dLoss/dα [S R + null slot], and to l:
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

  /// How many columns a scored position holds at most, about: those of the last 17 items, since
  /// after so many writes w is below ``FactMemory/floor``.
  private static func heldCount(_ table: FactTable) -> Double {
    let facts = Double(table.columns.count) / Double(max(1, table.itemCount - 1))
    return min(Double(table.columnCount), 17 * facts)
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
