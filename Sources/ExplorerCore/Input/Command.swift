/// Something that the explorer can be told to do without further words.
///
/// The raw value is the name by which settings and documentation know it.
public enum Command: String, CaseIterable, Sendable {
  /// Leave.
  case quit
  /// Show the keys.
  case help
  /// Open or close the pane of reasons.
  case why
  /// Move the focus to the pane after this one.
  case focusNext = "focus-next"
  /// Move the focus to the pane before this one.
  case focusPrevious = "focus-previous"
  /// Give the mouse back to the terminal, or take it again.
  case toggleMouse = "toggle-mouse"
  /// Draw the whole screen again.
  case redraw
  /// Close what lies on top.
  case close
  /// Select the row above.
  case rowUp = "row-up"
  /// Select the row below.
  case rowDown = "row-down"
  /// Go a screen of rows up.
  case pageUp = "page-up"
  /// Go a screen of rows down.
  case pageDown = "page-down"
  /// Select the first row.
  case firstRow = "first-row"
  /// Select the last row.
  case lastRow = "last-row"
  /// Do what the selected row says.
  case choose
  /// Go to the step after this one.
  case stepForward = "step-forward"
  /// Go to the step before this one.
  case stepBack = "step-back"
  /// Go to the first step.
  case firstStep = "first-step"
  /// Go to the last step.
  case lastStep = "last-step"
  /// Go a tenth of the history on.
  case skipForward = "skip-forward"
  /// Go a tenth of the history back.
  case skipBack = "skip-back"
  /// Go to a tenth of the history, by the digit typed.
  case jump
  /// Go to the next step at which another slot is read most.
  case nextChange = "next-change"
  /// Go to the step before at which another slot is read most.
  case previousChange = "previous-change"
  /// Go on by itself, or stop.
  case play
  /// Go on faster.
  case faster
  /// Go on slower.
  case slower
  /// Show the viewers.
  case viewers
  /// Take any other viewer.
  case randomViewer = "random-viewer"
  /// Close what is open, or go up to the list of viewers.
  case back
  /// Put the rows of the pane, or of the list, in the next order.
  case sort
  /// Leave out what the viewer has watched, or show it again.
  case hideSeen = "hide-seen"
  /// Look for a title in the history.
  case find
  /// Show what is known of the selected item.
  case inspect
  /// Show what is known of the model.
  case modelCard = "model-card"
  /// Copy the command line that shows this screen.
  case copy
  /// Choose how the explanation on the screen is written to a file.
  case export
  /// Write it as text, and copy it.
  case exportText = "export-text"
  /// Write it as JSON.
  case exportJSON = "export-json"
  /// Write it as a figure.
  case exportSVG = "export-svg"
  /// Copy it as text.
  case exportCopy = "export-copy"
  /// Begin a tour of the data.
  case tour
  /// Go to the next stop of the tour.
  case tourNext = "tour-next"
  /// Go to the stop before.
  case tourBack = "tour-back"
  /// End the tour.
  case tourStop = "tour-stop"
  /// Look for a command, a viewer or a step.
  case palette
  /// Take plain words for the field's terms, or the other way round.
  case plainWords = "plain-words"
  /// Type films for an own viewer: for the one that is looked at, else for a new one.
  case ownViewer = "own-viewer"
  /// Type films for a new own viewer.
  case anotherOwnViewer = "another-own-viewer"
  /// Delete the selected own viewer.
  case deleteViewer = "delete-viewer"
  /// Explain any item of the catalogue.
  case whyItem = "why-item"
  /// Compare the explained item with another one.
  case whyOver = "why-over"
  /// Compare with the average item, with the rivals or with nothing.
  case whyContrast = "why-contrast"
  /// Group the reasons by step, by relation or by shared facts.
  case whyGroup = "why-group"
  /// Look into the selected reason.
  case whyDrill = "why-look-into"
  /// Run the model without the top steps, or without the selected slot.
  case whyCheck = "check-it"
  /// Give the reasons the whole screen, or part of it.
  case whyZoom = "why-zoom"
  /// Take the next colours.
  case nextTheme = "next-theme"
}
