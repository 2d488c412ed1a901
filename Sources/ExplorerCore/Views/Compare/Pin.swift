import AtomicFiles
import Explanation
import Text

package enum Pin: Equatable, Sendable {
  case view(PinnedView)
  /// The same history read by the second model.
  case model
}

/// A user, a step and edits that stay while the live side goes on.
package struct PinnedView: Equatable, Sendable {
  /// The user, by place as in ``State``.
  let user: Int
  /// The step, from 0, of the edited history.
  let step: Int
  let edits: [Edit]
}

/// A pinned view as the command line has it: `USER:STEP[:EDITS]`.
///
/// The step counts from 1, in the edited history. In the user's id, `%3A` is a colon and `%25` a
/// percent sign.
package struct PinRequest: Sendable, Equatable {
  package let user: String
  /// The step, from 0.
  package let step: Int
  package let script: EditScript

  package init(user: String, step: Int, script: EditScript) {
    self.user = user
    self.step = step
    self.script = script
  }

  /// Reads what ``text`` has written.
  package init(parsing text: String) throws(UserError) {
    let parts = text.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count >= 2, !parts[0].isEmpty else {
      throw UserError(
        "--pin \(quoted(text)): expected USER:STEP or USER:STEP:EDITS, "
          + "such as 42:6 or 42:6:-3.")
    }
    guard parts[1].allSatisfy({ $0.isASCII && $0.isNumber }), let step = Int(parts[1]), step > 0
    else {
      throw UserError(
        "--pin \(quoted(text)): \(quoted(parts[1])) is no step; steps count from 1.")
    }
    user = EditToken.decoded(parts[0])
    self.step = step - 1
    do throws(UserError) {
      script = try EditScript(parsing: parts.count > 2 ? String(parts[2]) : "")
    } catch {
      throw UserError("--pin \(quoted(text)): \(error)")
    }
  }

  /// The pin as the command line takes it.
  package var text: String {
    let name = EditToken.encoded(user).split(separator: ":", omittingEmptySubsequences: false)
      .joined(separator: "%3A")
    return "\(name):\(step + 1)" + (script.edits.isEmpty ? "" : ":\(script.text)")
  }
}
