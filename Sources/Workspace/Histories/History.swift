import KSRModel
import Text

/// What one user did, oldest first.
///
public struct History: Sendable, Equatable {
  package let user: String
  /// Item identifiers, oldest first.
  package let items: [Int32]
  /// When each interaction happened, as the data gives it; not descending, but where the data came
  /// split (``ends``) from training to validation and from there to the test.
  package let timestamps: [Double]
  package let isHeldOut: Bool
  /// Where training and validation end, where neither follows from the number of interactions:
  /// in a split of all users at one time, and in files that were split already.
  package let ends: SplitEnds?

  /// A user's interactions in the order of time.
  package init(
    user: String, items: [Int32], timestamps: [Double], isHeldOut: Bool, ends: SplitEnds? = nil
  ) {
    precondition(items.count == timestamps.count)
    self.user = user
    self.items = items
    self.timestamps = timestamps
    self.isHeldOut = isHeldOut
    self.ends = ends
  }

  package var count: Int { items.count }
}

/// How many of a history's first interactions training may see, and how many validation may.
package struct SplitEnds: Sendable, Equatable {
  package let training: Int
  /// The end of validation, at least that of training.
  package let validation: Int

  init(training: Int, validation: Int) {
    self.training = training
    self.validation = max(training, validation)
  }
}

/// What an interaction, as a thing to predict, was used for.
public enum SplitMark: Sendable, Equatable, CaseIterable {
  /// The model was fitted to it.
  case train
  /// The best epoch was chosen by it.
  case validation
  /// The model never saw it.
  case test
}

extension DataSplit {
  /// What was left out of training, in words.
  ///
  /// - Parameter benchmark: the files that the parts came in (`benchmark_filename`).
  package func words(benchmark: [String]?, nouns: Nouns) -> String {
    var text: String
    if let benchmark {
      let parts = zip(["training", "validation", "test"], benchmark).map { "\($0) \($1).inter" }
      text = "from files: \(parts.joined(separator: ", "))"
    } else if let ratios {
      let sum = ratios.parts.reduce(0, +)
      let shares = ratios.parts.map { decimal($0 / sum, places: 2) }.joined(separator: " / ")
      let cut = ratios.isByUser ? "of each \(nouns.user.one)" : "at one time for all"
      text = "training / validation / test \(shares), oldest first, \(cut)"
    } else {
      switch leaveOut {
      case .validAndTest: text = "last \(nouns.item.one) for testing, the one before for validation"
      case .validOnly: text = "last \(nouns.item.one) for validation, none for testing"
      case .testOnly: text = "last \(nouns.item.one) for testing, none for validation"
      }
    }
    guard !heldOutUsers.isEmpty else { return text }
    let users = heldOutUsers.joined(separator: ", ")
    return text + "; \(nouns.user.many) kept out of training: \(users)"
  }

  /// The mark of interaction `step` (from 0) of a history, as a thing to predict.
  package func mark(step: Int, of history: History) -> SplitMark {
    guard let ends = history.ends, !history.isHeldOut else {
      return mark(step: step, count: history.count, isHeldOut: history.isHeldOut)
    }
    return step < ends.training ? .train : step < ends.validation ? .validation : .test
  }

  /// The number of a history's first interactions that training may see.
  package func trainingCount(of history: History) -> Int {
    guard let ends = history.ends, !history.isHeldOut else {
      return trainingCount(of: history.count, isHeldOut: history.isHeldOut)
    }
    return ends.training
  }

  /// The mark of interaction `step` (from 0) of a history, as a thing to predict.
  ///
  /// As RecBole's `leave_one_out`: a user with n interactions has n − 1 of them to predict, of which
  /// at least one stays in training; what is left out of the rest comes off the end. A split by
  /// ``ratios`` cuts the same cases.
  package func mark(step: Int, count: Int, isHeldOut: Bool) -> SplitMark {
    if isHeldOut { return .test }
    if let counts = ratios?.counts(of: max(0, count - 1)) {
      return step <= counts[0] ? .train : step <= counts[0] + counts[1] ? .validation : .test
    }
    let fromEnd = count - 1 - step
    guard fromEnd < leftOutCount(of: count) else { return .train }
    switch leaveOut {
    case .testOnly: return .test
    case .validOnly: return .validation
    case .validAndTest: return fromEnd == 0 ? .test : .validation
    }
  }

  /// The number of a history's first interactions that training may see.
  package func trainingCount(of count: Int, isHeldOut: Bool) -> Int {
    if isHeldOut { return 0 }
    if let counts = ratios?.counts(of: max(0, count - 1)) { return min(count, counts[0] + 1) }
    return count - leftOutCount(of: count)
  }

  private func leftOutCount(of count: Int) -> Int {
    min(leaveOut == .validAndTest ? 2 : 1, max(0, count - 2))
  }

  /// Whether a user is held out of training: one of ``heldOutUsers`` matches the whole token.
  package func holdsOut(_ user: String) -> Bool {
    heldOutUsers.contains { matches(Array($0.utf8), Array(user.utf8)) }
  }

  /// Whether a text is as the pattern says, in time at most the product of their lengths: only the
  /// last `*` met is ever given more of the text.
  private func matches(_ pattern: [UInt8], _ text: [UInt8]) -> Bool {
    let star = UInt8(ascii: "*")
    var (p, t) = (0, 0)
    var retry: (p: Int, t: Int)?
    while t < text.count {
      if p < pattern.count, pattern[p] == star {
        p += 1
        retry = (p, t)
      } else if p < pattern.count, pattern[p] == text[t] {
        (p, t) = (p + 1, t + 1)
      } else if let last = retry {
        (p, t) = (last.p, last.t + 1)
        retry = (p, t)
      } else {
        return false
      }
    }
    return pattern[p...].allSatisfy { $0 == star }
  }
}
