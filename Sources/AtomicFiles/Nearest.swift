/// The known word that an unknown one was probably meant to be, or nil if none is near.
///
/// Near is at most a third of the letters inserted, left out, replaced or swapped with a neighbour.
package func nearest(to word: String, among known: some Sequence<String>) -> String? {
  let letters = Array(word.lowercased())
  guard letters.count <= 100 else { return nil }
  var best: (word: String, distance: Int)?
  for candidate in known {
    let distance = editDistance(letters, Array(candidate.lowercased()))
    guard distance <= max(1, min(letters.count, candidate.count) / 3) else { continue }
    if let best, (best.distance, best.word) <= (distance, candidate) { continue }
    best = (candidate, distance)
  }
  return best?.word
}

/// How many letters must be inserted, left out, replaced or swapped with their neighbour.
func editDistance(_ a: [Character], _ b: [Character]) -> Int {
  var beforeLast: [Int] = []
  var last = Array(0...b.count)
  for i in 0..<a.count {
    var row = [i + 1]
    for j in 0..<b.count {
      var distance = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
        distance = min(distance, beforeLast[j - 1] + 1)
      }
      row.append(distance)
    }
    (beforeLast, last) = (last, row)
  }
  return last[b.count]
}
