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

/// How tokens of two files that mean the same may differ.
private enum Spelling: String, CaseIterable {
  case letters = "upper and lower case"
  case blanks = "blanks"
  case zeros = "leading zeros"
  case point = "a \".0\" at the end"

  /// The token without what differs.
  func plain(_ token: String) -> String {
    switch self {
    case .letters: return token.lowercased()
    case .blanks: return token.filter { !$0.isWhitespace }
    case .zeros:
      guard let first = token.firstIndex(where: \.isNumber) else { return token }
      let digits = token[first...]
      let rest = digits.drop { $0 == "0" }
      // A number of zeros only keeps the last.
      let number = rest.first?.isNumber == true ? rest : digits.suffix(rest.count + 1)
      return String(token[..<first] + number)
    case .point: return token.hasSuffix(".0") ? String(token.dropLast(2)) : token
    }
  }

  static func plain(_ token: String) -> String {
    [point, blanks, letters, zeros].reduce(token) { $1.plain($0) }
  }
}

/// A sentence about tokens that are missing because they are spelled otherwise than those that are
/// there; nil where that explains none of them.
///
/// - Parameter place: where the known ones stand.
package func spellingDifference<Known: Collection<String>>(
  of missing: some Collection<String>, from known: @autoclosure () -> Known, in place: String
) -> String? {
  guard !missing.isEmpty else { return nil }
  let known = known()
  func matches(_ plain: (String) -> String) -> (count: Int, example: (String, String)?) {
    let byPlain = Dictionary(known.map { (plain($0), $0) }) { first, _ in first }
    var result: (count: Int, example: (String, String)?) = (0, nil)
    for token in missing {
      guard let other = byPlain[plain(token)] else { continue }
      result.count += 1
      result.example = result.example ?? (token, other)
    }
    return result
  }
  let all = matches(Spelling.plain)
  guard all.count > 0, let pair = all.example else { return nil }
  let single = Spelling.allCases.first { matches($0.plain).count == all.count }
  let difference = single.map(\.rawValue) ?? "case, blanks, leading zeros or \".0\""
  return "\(all.count) of them would be found in \(place) but for \(difference):"
    + " \(quoted(pair.0)) is \(quoted(pair.1)) there."
}
