import CKernels
import Foundation
import KSRModel
import KSRNumerics

/// The rows of the item tables under Adam, each moved only when a batch reads it.
///
/// A row whose gradient is zero goes on moving: its moments fade, it follows them, and the EMA follows it.
/// Until a batch reads the row nothing else happens to it, and all those steps are one map of what it
/// was after its last:
///
///     u = m / (√v + ε √c₂)    θ ← P θ − C u    ā ← A ā + B θ − D u    m ← β₁ʲ m    v ← β₂ʲ v
///
/// for j missed steps, where step s multiplies u by ρ = β₁/√β₂, then has θ ← g θ − rate √c₂/c₁ u,
/// ā ← (1 − r) ā + r θ, c₁ = 1 − β₁ˢ, c₂ = 1 − β₂ˢ, g = 1 − rate · decay of AdamW. So every row is what
/// Adam over all rows would have made of it, but for rounding and for c₂ beside ε, of which the mean over
/// the missed steps is taken: it matters in the first few hundred steps alone, where √v is as small as ε.
/// Adam's own weight decay is part of the gradient: then missed steps are taken one by one.
final class LazyRows {
  private let tables: [WritableKeyPath<KSRParameters, [Float]>]
  private let threads: Int
  /// By row: the step, counted from 1, after which it was brought up to date.
  private let current: AlignedBuffer<Int32>
  /// Where the epoch began.
  private var first = 0
  /// Each step of the epoch, and the rate of the EMA in it.
  private var steps: [(adam: ksr_adam, average: Double)] = []

  init(settings: KSRSettings, itemCount: Int, threads: Int) {
    tables =
      [\.itemEmbedding.values]
      + (settings.freezesKnowledgeGraph ? [] : [\.entityEmbedding.values])
    self.threads = threads
    current = AlignedBuffer(itemCount)
  }

  /// Begins an epoch, before which every row is up to date.
  func begin(at state: TrainingState) {
    first = state.optimiser.step
    steps.removeAll(keepingCapacity: true)
    current.start.update(repeating: Int32(first), count: current.count)
  }

  /// Brings the rows that a batch is going to read up to date.
  func catchUp(_ rows: [Int32], in state: inout TrainingState) {
    let maps = self.maps(back: rows.map { Int(current[Int($0)]) }.min() ?? first)
    move(rows.count, in: &state) { place in
      Int(rows[place])
    } step: { row, width, numbers in
      self.catchUp(row, width, numbers, maps)
    }
    for row in rows { current[Int(row)] = Int32(first + steps.count) }
  }

  /// Takes a step with the gradient of the rows that a batch has read; the others miss it.
  ///
  /// The optimiser has counted the step.
  func update(_ gradients: RowGradients, in state: inout TrainingState, learningRate: Float) {
    let adam = state.optimiser.settings(learningRate)
    let average = state.average.map { Double($0.rate(step: state.optimiser.step)) } ?? 0
    steps.append((adam, average))
    let rows = gradients.rows
    for (table, path) in tables.enumerated() {
      let gradient = table == 0 ? gradients.inputs : gradients.entities
      move(rows.count, of: path, in: &state) {
        Int(rows[$0])
      } step: { place, row, width, numbers in
        ksr_adam_step(
          width, adam, numbers.values + row * width, gradient.row(place),
          numbers.means + row * width, numbers.variances + row * width)
        if let mean = numbers.averages {
          ksr_ema(width, Float(average), numbers.values + row * width, mean + row * width)
        }
      }
    }
    for row in rows { current[Int(row)] = Int32(first + steps.count) }
  }

  /// Brings all rows up to date, at the end of an epoch.
  func finish(_ state: inout TrainingState) {
    let maps = self.maps(back: first)
    move(current.count, in: &state) {
      $0
    } step: { row, width, numbers in
      self.catchUp(row, width, numbers, maps)
    }
  }

  // MARK: One row

  private struct Numbers: @unchecked Sendable {
    let values: UnsafeMutablePointer<Float>
    let means: UnsafeMutablePointer<Float>
    let variances: UnsafeMutablePointer<Float>
    let averages: UnsafeMutablePointer<Float>?
  }

  private func catchUp(_ row: Int, _ width: Int, _ numbers: Numbers, _ maps: [ksr_adam_lag]) {
    let missed = first + steps.count - Int(current[row])
    guard missed > 0 else { return }
    let start = row * width
    let average = numbers.averages.map { $0 + start }
    guard steps[0].adam.weight_decay != 0 else {
      return ksr_adam_catch_up(
        width, maps[missed], numbers.values + start, numbers.means + start,
        numbers.variances + start, average)
    }
    withUnsafeTemporaryAllocation(of: Float.self, capacity: width) { zeros in
      zeros.update(repeating: 0)
      for step in steps.suffix(missed) {
        ksr_adam_step(
          width, step.adam, numbers.values + start, zeros.baseAddress, numbers.means + start,
          numbers.variances + start)
        if let average { ksr_ema(width, Float(step.average), numbers.values + start, average) }
      }
    }
  }

  /// The map of each number of missed steps, up to those since step `oldest`.
  private func maps(back oldest: Int) -> [ksr_adam_lag] {
    let now = first + steps.count
    var (keep, drift, averageKeep, averageTake, averageDrift) = (1.0, 0.0, 1.0, 0.0, 0.0)
    var (mean, variance, epsilon) = (1.0, 1.0, 0.0)
    var maps = [ksr_adam_lag()]
    maps.reserveCapacity(now - oldest + 1)
    // A further step before all the others.
    for step in steps.suffix(now - oldest).reversed() {
      let (adam, rate) = (step.adam, Double(step.adam.rate))
      let (beta1, beta2) = (Double(adam.beta1), Double(adam.beta2))
      let ratio = beta1 / beta2.squareRoot()
      let root = 1 / Double(adam.correction2).squareRoot()
      let own = rate * root * Double(adam.correction1)
      let kept = 1 - rate * Double(adam.parameter_decay)
      let taken = averageKeep * step.average + averageTake
      epsilon =
        ratio / beta2.squareRoot() * (keep * own * Double(adam.epsilon) * root + epsilon)
      averageDrift = ratio * (taken * own + averageDrift)
      drift = ratio * (keep * own + drift)
      averageTake = taken * kept
      averageKeep *= 1 - step.average
      keep *= kept
      mean *= beta1
      variance *= beta2
      maps.append(
        ksr_adam_lag(
          keep: Float(keep), drift: Float(drift), average_keep: Float(averageKeep),
          average_take: Float(averageTake), average_drift: Float(averageDrift),
          mean_keep: Float(mean), variance_keep: Float(variance),
          // Between its values at the missed steps, where most of the drift is.
          epsilon: drift > 0 ? Float(epsilon / drift) : adam.epsilon))
    }
    return maps
  }

  // MARK: Rows on several threads

  private func move(
    _ count: Int, in state: inout TrainingState, row: @Sendable (Int) -> Int,
    step: (Int, Int, Numbers) -> Void
  ) {
    for path in tables {
      move(count, of: path, in: &state, row: row) { _, row, width, numbers in
        step(row, width, numbers)
      }
    }
  }

  /// Every row is moved by itself, so the number of threads changes nothing but the time.
  private func move(
    _ count: Int, of path: WritableKeyPath<KSRParameters, [Float]>, in state: inout TrainingState,
    row: @Sendable (Int) -> Int, step: (Int, Int, Int, Numbers) -> Void
  ) {
    let width = state.parameters[keyPath: path].count / max(1, current.count)
    func run(_ averages: UnsafeMutablePointer<Float>?) {
      state.parameters[keyPath: path].withUnsafeMutableBufferPointer { values in
        state.optimiser.mean[keyPath: path].withUnsafeMutableBufferPointer { means in
          state.optimiser.variance[keyPath: path].withUnsafeMutableBufferPointer { variances in
            guard let values = values.baseAddress, let means = means.baseAddress,
              let variances = variances.baseAddress
            else { return }
            let numbers = Numbers(
              values: values, means: means, variances: variances, averages: averages)
            withoutActuallyEscaping(step) { step in
              nonisolated(unsafe) let step = step
              let length = 128
              parallel((count + length - 1) / length, threads: threads) { part in
                for place in part * length..<min(count, (part + 1) * length) {
                  step(place, row(place), width, numbers)
                }
              }
            }
          }
        }
      }
    }
    guard var average = state.average else { return run(nil) }
    // Taken out of the state meanwhile, so that it is the only one of its kind.
    state.average = nil
    average.parameters[keyPath: path].withUnsafeMutableBufferPointer { run($0.baseAddress) }
    state.average = average
  }
}
