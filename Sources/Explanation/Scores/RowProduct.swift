import CKernels
import KSRModel

extension Matrix {
  /// A row times a vector, with the kernel of ``KSRNetwork/scores(_:)``.
  func product(row: Int, _ x: [Float]) -> Float {
    precondition(x.count == columns)
    var result: Float = 0
    values.withUnsafeBufferPointer { values in
      guard let base = values.baseAddress else { return }
      ksr_matvec(1, columns, base + row * columns, columns, x, nil, &result)
    }
    return result
  }
}

/// ‖x‖.
func norm(_ x: [Float]) -> Float { Float(ksr_sum_of_squares(x.count, x).squareRoot()) }
