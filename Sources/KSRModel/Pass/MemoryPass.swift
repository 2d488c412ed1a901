import CKernels
import KSRNumerics

/// The memory of a sequence, from v = 0: at each step first a write, then, where it is scored, a read.
///
///     write  w_a = e_{i_t} + r_a    z_a = σ(v_a · w_a)    v_a ← (1 − z_a) v_a + z_a w_a
///     read   m_t = Σ_a α_a v_a
final class MemoryPass {
  /// m [S K].
  let reads = MatrixBuffer()
  /// dLoss/dm [S K].
  let readGradient = MatrixBuffer()
  /// z [P R], sequence after sequence.
  let writeGates = MatrixBuffer()
  /// dLoss/de of the writes, where e is trained, sequence after sequence [P K].
  let entityGradient = MatrixBuffer()

  private let ownWeights = MatrixBuffer()  // α [S R], zeros where another run's slot is read
  private let slots = MatrixBuffer()  // v [R K] of the sequence at work; backward, at all its steps

  /// - Parameters:
  ///   - alpha: the read weights [S R].
  ///   - patched: slots of another run, read in the place of the own.
  func forward(
    _ batch: PackedSequences, _ p: KSRParameters, alpha: MutableMatrixView,
    patched: [Int: SlotContent] = [:]
  ) {
    let own = weights(alpha, without: patched)
    let (r, k) = (p.relationCount, p.relationMatrix.columns)
    let m = reads.reserve(rows: batch.scoredCount, columns: k)
    let z = writeGates.reserve(rows: batch.positionCount, columns: r)
    let v = slots.reserve(rows: r, columns: k)
    p.entityEmbedding.withValues { entities in
      batch.forEachSequence { range, items, scored in
        ksr_memory_sequence(
          range.count, r, k, items, entities.baseAddress, p.relationMatrix.values, scored,
          own.base, m.base, z.rows(range).base, v.base)
      }
    }
    read(patched, alpha)
  }

  /// The read weights of the run's own slots.
  private func weights(
    _ alpha: MutableMatrixView, without patched: [Int: SlotContent]
  ) -> MutableMatrixView {
    guard !patched.isEmpty else { return alpha }
    let own = ownWeights.reserve(rows: alpha.rows, columns: alpha.columns)
    for row in 0..<alpha.rows {
      for a in 0..<alpha.columns { own[row, a] = patched[a] == nil ? alpha[row, a] : 0 }
    }
    return own
  }

  /// m += α_a v_a of the slots of another run.
  private func read(_ patched: [Int: SlotContent], _ alpha: MutableMatrixView) {
    let m = reads.all
    for (a, content) in patched.sorted(by: { $0.key < $1.key }) {
      for row in 0..<m.rows {
        for k in 0..<m.columns { m[row, k] += alpha[row, a] * content.vector[k] }
      }
    }
  }

  /// The same for one sequence of which every step is scored.
  ///
  /// - Returns: v after each step [T R·K].
  func forward(
    _ items: [Int32], _ p: KSRParameters, alpha: MutableMatrixView,
    patched: [Int: SlotContent] = [:]
  ) -> Matrix {
    let own = weights(alpha, without: patched)
    let (r, k) = (p.relationCount, p.relationMatrix.columns)
    let m = reads.zeros(rows: items.count, columns: k)
    let z = writeGates.reserve(rows: items.count, columns: r)
    var slots = Matrix(rows: items.count, columns: r * k)
    guard r > 0 else { return slots }
    var v = [Float](repeating: 0, count: r * k)
    for (step, item) in items.enumerated() {
      ksr_memory_write(
        r, k, Array(p.entityEmbedding.row(Int(item))), p.relationMatrix.values, &v, z.row(step))
      slots.setRow(step, to: v)
      for a in 0..<r {
        let weight = own[step, a]
        for column in 0..<k { m[step, column] += weight * v[a * k + column] }
      }
    }
    read(patched, alpha)
    return slots
  }

  /// From ``readGradient`` to dLoss/dα, and to ``entityGradient`` where entities are trained.
  func backward(
    _ batch: PackedSequences, _ p: KSRParameters, alpha: MutableMatrixView, dalpha: MatrixBuffer,
    trainsEntities: Bool, patched: [Int: SlotContent] = [:]
  ) {
    let own = weights(alpha, without: patched)
    let (r, k) = (p.relationCount, p.relationMatrix.columns)
    let dalpha = dalpha.reserve(rows: batch.scoredCount, columns: r)
    let (z, dm) = (writeGates.all, readGradient.all)
    let de =
      trainsEntities ? entityGradient.reserve(rows: batch.positionCount, columns: k) : nil
    let v = slots.reserve(rows: (trainsEntities ? batch.stepCount + 2 : 1) * r, columns: k)
    p.entityEmbedding.withValues { entities in
      batch.forEachSequence { range, items, scored in
        if let de {
          ksr_memory_sequence_full_gradient(
            range.count, r, k, items, entities.baseAddress, p.relationMatrix.values, scored,
            own.base, z.rows(range).base, dm.base, dalpha.base, de.rows(range).base, v.base)
        } else {
          ksr_memory_sequence_gradient(
            range.count, r, k, items, entities.baseAddress, p.relationMatrix.values, scored,
            z.rows(range).base, dm.base, dalpha.base, v.base)
        }
      }
    }
    for (a, content) in patched {
      for row in 0..<dalpha.rows {
        dalpha[row, a] = (0..<k).reduce(0) { $0 + content.vector[$1] * dm[row, $1] }
      }
    }
  }

  /// The numbers kept of a batch, without the slots.
  static func bufferSize(
    _ settings: KSRSettings, relationCount: Int, _ batch: BatchSize
  ) -> Double {
    let k = Double(settings.kgEmbeddingSize)
    return batch.positions * (Double(relationCount) + (settings.freezesKnowledgeGraph ? 0 : k))
      + 2 * batch.scored * k
  }

  /// The numbers in the slots that the backward pass over a sequence of so many steps keeps.
  static func slotsSize(_ settings: KSRSettings, relationCount: Int, steps: Double) -> Double {
    (settings.freezesKnowledgeGraph ? 1 : steps + 2)
      * Double(relationCount * settings.kgEmbeddingSize)
  }
}
