import AtomicFiles
import Text

/// A step of a user to compare with or to read from, as the command line has it: `USER:STEP[:EDITS]`.
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
    // By scalars: an id may end with one that joins the colon to one character.
    let parts = text.unicodeScalars.split(
      separator: ":", maxSplits: 2, omittingEmptySubsequences: false
    ).map(String.init)
    guard parts.count >= 2, !parts[0].isEmpty else {
      throw UserError(
        "\(quoted(text)): expected USER:STEP or USER:STEP:EDITS, such as 42:6 or 42:6:-3.")
    }
    guard parts[1].allSatisfy({ $0.isASCII && $0.isNumber }), let step = Int(parts[1]), step > 0
    else {
      throw UserError(
        "\(quoted(text)): \(quoted(parts[1])) is no step; steps count from 1.")
    }
    user = EditToken.decoded(parts[0])
    self.step = step - 1
    do throws(UserError) {
      script = try EditScript(parsing: parts.count > 2 ? parts[2] : "")
    } catch {
      throw UserError("\(quoted(text)): \(error)")
    }
  }

  package var text: String {
    "\(EditToken.encoded(user, and: ":")):\(step + 1)"
      + (script.edits.isEmpty ? "" : ":\(script.text)")
  }
}
