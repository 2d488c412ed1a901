/// One step of stochastic gradient descent on the margin loss, in place.
struct TransEDescent {
  typealias Row = UnsafeMutablePointer<SIMD8<Float>>

  let entities: Row
  let relations: Row
  /// The groups of eight numbers in a row.
  let lanes: Int
  let settings: TransESettings

  /// Moves the rows of a true and a corrupted triple, brings their entities back to length 1, and
  /// returns the loss before.
  func step(_ triple: TransETriple, _ corrupted: TransETriple) -> Float {
    let loss = descend(triple, corrupted)
    guard loss > 0 else { return 0 }
    Self.normalise(entities + triple.head * lanes, lanes: lanes)
    Self.normalise(entities + triple.tail * lanes, lanes: lanes)
    let drawn = corrupted.head == triple.head ? corrupted.tail : corrupted.head
    Self.normalise(entities + drawn * lanes, lanes: lanes)
    return loss
  }

  /// Moves the rows against the gradient of the loss max(0, margin + d(true) − d(corrupted)) and
  /// returns the loss before.
  func descend(_ triple: TransETriple, _ corrupted: TransETriple) -> Float {
    let relation = relations + triple.relation * lanes
    let head = entities + triple.head * lanes
    let tail = entities + triple.tail * lanes
    let otherHead = entities + corrupted.head * lanes
    let otherTail = entities + corrupted.tail * lanes
    let near = distance(head, relation, tail)
    let far = distance(otherHead, relation, otherTail)
    let loss = settings.margin + near - far
    guard loss > 0 else { return 0 }

    let rate = settings.learningRate
    // At distance 0 the Euclidean distance has no gradient; 0 is one of its subgradients.
    let nearRate = near > 0 ? rate / near : 0
    let farRate = far > 0 ? rate / far : 0
    for lane in 0..<lanes {
      let nearMove: SIMD8<Float>
      let farMove: SIMD8<Float>
      let nearGap = head[lane] + relation[lane] - tail[lane]
      let farGap = otherHead[lane] + relation[lane] - otherTail[lane]
      switch settings.distance {
      case .l2:
        nearMove = nearGap * nearRate
        farMove = farGap * farRate
      case .l1:
        nearMove = Self.signs(of: nearGap) * rate
        farMove = Self.signs(of: farGap) * rate
      }
      // One after the other, since the corrupted triple shares rows with the true one.
      head[lane] -= nearMove
      tail[lane] += nearMove
      otherHead[lane] += farMove
      otherTail[lane] -= farMove
      relation[lane] -= nearMove - farMove
    }
    return loss
  }

  /// How far head + relation is from tail.
  func distance(_ head: Row, _ relation: Row, _ tail: Row) -> Float {
    var sum = SIMD8<Float>.zero
    switch settings.distance {
    case .l2:
      for lane in 0..<lanes {
        let gap = head[lane] + relation[lane] - tail[lane]
        sum += gap * gap
      }
      return Self.total(sum).squareRoot()
    case .l1:
      for lane in 0..<lanes {
        let gap = head[lane] + relation[lane] - tail[lane]
        sum += gap.replacing(with: -gap, where: gap .< 0)
      }
      return Self.total(sum)
    }
  }

  /// Brings a row to length 1; a row of zeros stays.
  static func normalise(_ row: Row, lanes: Int) {
    var sum = SIMD8<Float>.zero
    for lane in 0..<lanes { sum += row[lane] * row[lane] }
    let length = total(sum).squareRoot()
    guard length > 0 else { return }
    let scale = 1 / length
    for lane in 0..<lanes { row[lane] *= scale }
  }

  /// The sum of the eight numbers in an order of its own.
  private static func total(_ sum: SIMD8<Float>) -> Float {
    let four = sum.lowHalf + sum.highHalf
    let two = four.lowHalf + four.highHalf
    return two.x + two.y
  }

  private static func signs(of gap: SIMD8<Float>) -> SIMD8<Float> {
    SIMD8<Float>.zero.replacing(with: 1, where: gap .> 0).replacing(with: -1, where: gap .< 0)
  }
}
