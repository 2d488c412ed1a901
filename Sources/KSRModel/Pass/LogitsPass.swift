import CKernels
import Foundation
import KSRNumerics

/// score(t, i) = p_t · q_i + Σ_a α_a λ_a S_a(i) + ρ · 1[i is in the history], its loss, and the gradient
/// of that: forward and backward in one, since the scores of a whole catalogue are never kept.
///
/// With δ_i = dLoss/dscore_i a row has dp = Σ_i δ_i q_i, D_a = Σ_i δ_i S_a(i), and its part of dρ is Σ δ_i
/// over the history.
package final class LogitsPass {
  /// dLoss/dq [N E], to which a pass adds.
  package let itemVectorGradient = MatrixBuffer()

  private let logits = MatrixBuffer()  // [rows at work, items of a tile]
  private let inverseSums = AlignedBuffer<Float>(uninitialized: 0)  // [S] 1/Σ of the exponentials
  private let weightedPreferences = MatrixBuffer()  // [S E] scale/Σ · p
  private let match = FactMatch()
  private var repeatSlope = 0.0  // dρ / scale of the rows so far

  package init(settings: KSRSettings, itemCount: Int) {
    itemVectorGradient.zeros(rows: itemCount, columns: settings.embeddingSize)
  }

  /// −mean log(1e-10 + σ(s⁺ − s⁻)), the mean over rows and their negatives.
  ///
  /// Leaves dLoss/dp of `scale` · loss and D in `pass`, adds to dLoss/dq of the items and to dρ, and returns
  /// Σ loss.
  package func rankAgainstNegatives(
    _ batch: PackedSequences, _ pass: NetworkPass, _ parameters: KSRParameters,
    _ items: GatheredItems, scale: Float
  ) -> Double {
    let p = pass.preferences
    let count = batch.negative.count / p.rows
    precondition(count > 0 && batch.negative.count == count * p.rows, "BPR needs negatives")
    let dp = pass.preferenceGradient.reserve(rows: p.rows, columns: p.columns)
    let rho = parameters.repeatBias.first
    let hasMore = pass.facts != nil || rho != nil
    var more = hasMore ? differences(batch, pass.facts, rho, count) : []
    let loss = more.withUnsafeMutableBufferPointer { more in
      ksr_bpr(
        p.rows, p.columns, count, p.base, items.vectors.all.base, items.target, items.negative,
        scale / Float(count), hasMore ? more.baseAddress : nil, dp.base,
        items.vectorGradient.all.base)
    }
    if hasMore {
      let slope = takeDifferences(batch, pass.facts, count, more)
      if rho != nil { pass.gradients?.repeatBias[0] += Float(slope) }
    }
    return loss / Double(count)
  }

  /// Of s⁺ − s⁻ what p · q is not [rows · count]: only the facts of the items drawn are looked at.
  private func differences(
    _ batch: PackedSequences, _ facts: FactsPass?, _ rho: Float?, _ count: Int
  ) -> [Float] {
    var more: [Float] = []
    more.reserveCapacity(batch.negative.count)
    for row in batch.target.indices {
      let history = rho == nil ? [] : batch.history(ofRow: row)
      let items = [batch.target[row]] + batch.negative[row * count..<(row + 1) * count]
      var values = facts?.match(row, items) ?? items.map { _ in 0 }
      for (place, item) in items.enumerated() where history.contains(item) {
        values[place] += rho ?? 0
      }
      for value in values.dropFirst() { more.append(values[0] - value) }
    }
    return more
  }

  /// From dLoss/d(s⁺ − s⁻) [rows · count] to D.
  ///
  /// - Returns: dLoss/dρ.
  private func takeDifferences(
    _ batch: PackedSequences, _ facts: FactsPass?, _ count: Int, _ slopes: [Float]
  ) -> Double {
    facts.map { _ = $0.matchGradient.zeros(rows: batch.scoredCount, columns: $0.largest.columns) }
    var repeated = 0.0
    for row in batch.target.indices {
      let history = batch.history(ofRow: row)
      let places = row * count..<(row + 1) * count
      let items = [batch.target[row]] + batch.negative[places]
      let own = [slopes[places].reduce(0, +)] + slopes[places].map { -$0 }
      facts?.addMatchGradient(row, items, own)
      for (item, slope) in zip(items, own) where history.contains(item) {
        repeated += Double(slope)
      }
    }
    return repeated
  }

  /// Cross-entropy over the target and a sample of the catalogue that all rows share.
  ///
  ///     −log(e^s⁺ / (e^s⁺ + Σ_j n_j / (n Q_j) e^{s_j}))        j not the target
  ///
  /// for n draws from Q, j drawn n_j times. The sum is on average that over all other items, so that
  /// the target's own score is not corrected (sampled softmax, Bengio and Senécal 2008).
  /// Leaves dLoss/dp of `scale` · loss and D in `pass`, adds to dLoss/dq of the items and to dρ, and returns
  /// Σ loss.
  package func sampledCrossEntropy(
    _ batch: PackedSequences, _ pass: NetworkPass, _ parameters: KSRParameters,
    _ items: GatheredItems, scale: Float
  ) -> Double {
    let p = pass.preferences
    let (s, n) = (p.rows, batch.sample.items.count)
    let dp = pass.preferenceGradient.reserve(rows: s, columns: p.columns)
    pass.facts?.matchGradient.zeros(rows: s, columns: parameters.relationCount)
    inverseSums.reserve(s)
    let q = items.vectors.rows(0..<n)
    let height = max(16, min(s, 200_000 / (n + 1)))
    var (loss, repeated) = (0.0, 0.0)
    for start in stride(from: 0, to: s, by: height) {
      let rows = start..<min(s, start + height)
      // The target's score stands behind those of the sample.
      let logits = self.logits.reserve(rows: rows.count, columns: n + 1)
      multiply(p.rows(rows).view, q.view.transposed, into: logits.columns(0..<n))
      let known = rows.map { knownPlaces(batch, $0, parameters) }
      for (place, row) in rows.enumerated() {
        let scores = logits.row(place)
        ksr_add(n, batch.sample.corrections, scores)
        ksr_matvec(
          1, p.columns, items.vectors.all.row(Int(items.target[row])), p.columns, p.row(row), nil,
          scores + n)
        if let facts = pass.facts {
          let matches = facts.match(row, batch.sample.items + [batch.target[row]])
          ksr_add(n + 1, matches, scores)
        }
        for column in known[place] { scores[column] += parameters.repeatBias[0] }
        if Int(items.target[row]) < n { scores[Int(items.target[row])] = -.greatestFiniteMagnitude }
      }
      let inverse = inverseSums.part(start, count: rows.count)
      loss += ksr_cross_entropy(
        rows.count, n + 1, logits.base, [Int32](repeating: Int32(n), count: rows.count), inverse)
      ksr_scale_rows(rows.count, n + 1, scale, inverse, logits.base, logits.base)
      for (place, row) in rows.enumerated() {
        let slopes = logits.row(place)
        slopes[n] -= scale
        if Int(items.target[row]) < n { slopes[Int(items.target[row])] = 0 }
        for column in known[place] { repeated += Double(slopes[column]) }
        pass.facts?.addMatchGradient(
          row, batch.sample.items + [batch.target[row]],
          Array(UnsafeBufferPointer(start: slopes, count: n + 1)))
      }
      multiply(logits.columns(0..<n).view, q.view, into: dp.rows(rows))
      multiply(
        logits.columns(0..<n).view.transposed, p.rows(rows).view,
        into: items.vectorGradient.rows(0..<n), adding: true)
      for (place, row) in rows.enumerated() {
        let (slope, target) = (logits[place, n], Int(items.target[row]))
        let (vector, gradient) = (
          items.vectors.all.row(target), items.vectorGradient.all.row(target)
        )
        for k in 0..<p.columns {
          dp[row, k] += slope * vector[k]
          gradient[k] += slope * p[row, k]
        }
      }
    }
    if !parameters.repeatBias.isEmpty { pass.gradients?.repeatBias[0] += Float(repeated) }
    return loss
  }

  /// The columns of a row of sampled logits, the target's behind all, whose items are in its history.
  private func knownPlaces(
    _ batch: PackedSequences, _ row: Int, _ parameters: KSRParameters
  ) -> [Int] {
    guard !parameters.repeatBias.isEmpty else { return [] }
    let sample = batch.sample.items
    var places: [Int] = []
    for item in batch.history(ofRow: row) {
      let place = GatheredItems.place(of: item, in: sample)
      if place < sample.count, sample[place] == item, item != batch.target[row] {
        places.append(place)
      }
      if item == batch.target[row] { places.append(sample.count) }
    }
    return places
  }

  /// Cross-entropy over all items, the padding item included.
  ///
  ///     dLoss/dlogit = scale (e^(logit − largest) / Σ − [item is the target])
  ///
  /// Leaves dLoss/dp and D in `pass`, adds to dLoss/dq and dρ, and returns Σ loss. The logits are only
  /// ever exponentiated; factor and one-hot are applied to the much narrower p, dp, dq and D.
  package func crossEntropy(
    _ batch: PackedSequences, _ pass: NetworkPass, _ parameters: KSRParameters, _ q: ItemVectors,
    scale: Float, _ clock: PhaseClock?
  ) -> Double {
    let p = pass.preferences
    let s = p.rows
    inverseSums.reserve(s)
    let dp = pass.preferenceGradient.zeros(rows: s, columns: p.columns)
    pass.facts?.matchGradient.reserve(rows: s, columns: parameters.relationCount)
    let weighted = weightedPreferences.reserve(rows: s, columns: p.columns)
    let tiles = q.tiles
    var height = Self.height(s, itemCount: q.count, isWhole: tiles.count == 1)
    // Sixteen rows at a time are matched with facts.
    if pass.facts != nil { height = (height + 15) / 16 * 16 }
    let rho = parameters.repeatBias.first
    repeatSlope = 0
    var loss = 0.0
    for start in stride(from: 0, to: s, by: height) {
      let range = start..<min(s, start + height)
      let rows = Rows(
        p: p.rows(range), weighted: weighted.rows(range), dp: dp.rows(range),
        inverse: inverseSums.part(start, count: range.count), target: Array(batch.target[range]),
        facts: pass.facts, rho: rho,
        histories: rho == nil ? [] : range.map { batch.history(ofRow: $0) })
      if let facts = pass.facts {
        measure(clock, "step/facts match") { match.arrange(range, of: facts) }
      }
      loss +=
        tiles.count == 1
        ? wholeCatalogue(rows, q, tiles[0], scale, clock)
        : catalogueInTiles(rows, q, tiles, scale, clock)
      if let facts = pass.facts {
        measure(clock, "step/facts match") {
          match.finish(facts, target: rows.target, inverse: rows.inverse, scale: scale)
        }
      }
      for (history, target) in zip(rows.histories, rows.target) where history.contains(target) {
        repeatSlope -= 1
      }
    }
    if rho != nil { pass.gradients?.repeatBias[0] += scale * Float(repeatSlope) }
    measure(clock, "step/logits backward") {
      ksr_scale_rows(s, p.columns, scale, inverseSums.start, dp.base, dp.base)
      ksr_target_gradient(
        s, p.columns, scale, batch.target, p.base, q.rows.base, dp.base,
        itemVectorGradient.all.base)
    }
    return loss
  }

  /// How many rows at a time leave their logits in the cache between the uses.
  private static func height(_ scored: Int, itemCount: Int, isWhole: Bool) -> Int {
    max(16, min(scored, isWhole ? 100_000 / itemCount : 256))
  }

  /// Some scored rows.
  private struct Rows {
    let p: MutableMatrixView
    let weighted: MutableMatrixView
    let dp: MutableMatrixView
    let inverse: UnsafeMutablePointer<Float>
    let target: [Int32]
    let facts: FactsPass?
    /// ρ, and the items that it stands by in each row; none without it.
    let rho: Float?
    let histories: [ArraySlice<Int32>]

    var count: Int { p.rows }
  }

  /// The scores of a tile of items beyond p · q.
  private func addTerms(
    _ rows: Rows, _ tile: Range<Int>, to scores: MutableMatrixView, _ clock: PhaseClock?
  ) {
    if let facts = rows.facts {
      measure(clock, "step/facts match") { match.add(tile, of: facts.table, to: scores) }
    }
    guard let rho = rows.rho else { return }
    for (row, history) in rows.histories.enumerated() {
      let scores = scores.row(row)
      for item in history where tile.contains(Int(item)) {
        scores[Int(item) - tile.lowerBound] += rho
      }
    }
  }

  /// What the exponentials of a tile say of D and dρ, once each row's 1/Σ is known.
  private func takeTerms(
    _ rows: Rows, _ tile: Range<Int>, from scores: MutableMatrixView, _ clock: PhaseClock?
  ) {
    if let facts = rows.facts {
      measure(clock, "step/facts match") { match.addGradient(tile, of: facts.table, from: scores) }
    }
    for (row, history) in rows.histories.enumerated() {
      let scores = scores.row(row)
      var sum: Float = 0
      for item in history where tile.contains(Int(item)) {
        sum += scores[Int(item) - tile.lowerBound]
      }
      repeatSlope += Double(sum * rows.inverse[row])
    }
  }

  private func wholeCatalogue(
    _ rows: Rows, _ q: ItemVectors, _ tile: Range<Int>, _ scale: Float, _ clock: PhaseClock?
  ) -> Double {
    let scores = logits.reserve(rows: rows.count, columns: q.count)
    measure(clock, "step/logits forward") {
      multiply(rows.p.view, q.columns(tile).view, into: scores)
    }
    addTerms(rows, tile, to: scores, clock)
    let loss = measure(clock, "step/softmax") {
      ksr_cross_entropy(rows.count, q.count, scores.base, rows.target, rows.inverse)
    }
    takeTerms(rows, tile, from: scores, clock)
    measure(clock, "step/logits backward") {
      ksr_scale_rows(
        rows.count, q.width, scale, rows.inverse, rows.p.base, rows.weighted.base)
      backward(rows, q, tile, scores)
    }
    return loss
  }

  /// A large catalogue in tiles: once for what softmax needs, and once more for the gradient.
  ///
  /// The logits are computed twice; in turn memory stays flat and the logits stay in the cache.
  private func catalogueInTiles(
    _ rows: Rows, _ q: ItemVectors, _ tiles: [Range<Int>], _ scale: Float, _ clock: PhaseClock?
  ) -> Double {
    var largest = [Float](repeating: -.infinity, count: rows.count)
    var sum = [Float](repeating: 0, count: rows.count)
    var ofTarget = sum
    for tile in tiles {
      let scores = logits.reserve(rows: rows.count, columns: tile.count)
      measure(clock, "step/logits forward") {
        multiply(rows.p.view, q.columns(tile).view, into: scores)
      }
      addTerms(rows, tile, to: scores, clock)
      measure(clock, "step/softmax") {
        ksr_softmax_statistics(
          rows.count, tile.count, tile.lowerBound, scores.base, rows.target, &largest, &sum,
          &ofTarget)
      }
    }
    for row in 0..<rows.count { rows.inverse[row] = 1 / sum[row] }
    match.rewind()
    ksr_scale_rows(rows.count, q.width, scale, rows.inverse, rows.p.base, rows.weighted.base)
    for tile in tiles {
      let scores = logits.reserve(rows: rows.count, columns: tile.count)
      measure(clock, "step/logits again") {
        multiply(rows.p.view, q.columns(tile).view, into: scores)
      }
      addTerms(rows, tile, to: scores, clock)
      measure(clock, "step/softmax") {
        ksr_exp_rows(rows.count, tile.count, largest, scores.base)
      }
      takeTerms(rows, tile, from: scores, clock)
      measure(clock, "step/logits backward") { backward(rows, q, tile, scores) }
    }
    return (0..<rows.count).reduce(0) { loss, row in
      loss + log(Double(sum[row])) + Double(largest[row]) - Double(ofTarget[row])
    }
  }

  /// dp += exponentials · q and dq += exponentialsᵀ · weighted p, over the items of a tile.
  private func backward(
    _ rows: Rows, _ q: ItemVectors, _ tile: Range<Int>, _ scores: MutableMatrixView
  ) {
    multiply(scores.view, q.rows.rows(tile).view, into: rows.dp, adding: true)
    multiply(
      scores.view.transposed, rows.weighted.view, into: itemVectorGradient.rows(tile), adding: true)
  }

  /// The numbers kept of a batch, by all shards together, without dLoss/dq.
  package static func bufferSize(
    _ settings: KSRSettings, facts: FactTable = .none, itemCount: Int, shards: Int,
    _ batch: BatchSize
  ) -> (ofBatch: Double, logits: Double) {
    let n = Double(itemCount)
    let logits =
      itemCount > ItemVectors.largestWhole
      ? 256 * 512 : max(16 * n, min(batch.scored / Double(shards) * n, 100_000))
    let match =
      settings.memory == .facts
      ? FactMatch.bufferSize(facts, rows: min(batch.scored / Double(shards), 256)) : 0
    return (
      batch.scored * Double(settings.embeddingSize + 1), Double(shards) * (logits + match)
    )
  }

  /// The floating-point operations of p · q in a forward pass.
  static func flops(
    _ settings: KSRSettings, candidates: Int, _ batch: BatchSize
  ) -> Double {
    2 * batch.scored * Double(candidates) * Double(settings.embeddingSize)
  }
}
