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
  /// Choose how the view on the screen is written to a file.
  case export
  /// Write it as text, and copy it.
  case exportText = "export-text"
  /// Write it as JSON.
  case exportJSON = "export-json"
  /// Write it as a figure.
  case exportSVG = "export-svg"
  /// Write the screen itself as a drawing.
  case exportPicture = "export-picture"
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
  /// Edit the history and what is read, or leave the editing.
  case edit
  /// Leave the step out.
  case editDelete = "edit-delete"
  /// Look for a film to put after the step.
  case editInsert = "edit-insert"
  /// Look for a film to put before the step.
  case editInsertBefore = "edit-insert-before"
  /// Look for a film to put in the place of the step's.
  case editReplace = "edit-replace"
  /// Move the step up.
  case editMoveUp = "edit-move-up"
  /// Move the step down.
  case editMoveDown = "edit-move-down"
  /// Drop all after the step.
  case editCut = "edit-cut"
  /// Silence the selected relation, or hear it again.
  case silence
  /// Double the read weight of the selected relation.
  case boostMore = "boost-more"
  /// Halve the read weight of the selected relation.
  case boostLess = "boost-less"
  /// Give all of the attention to the selected relation, or back to the model.
  case force
  /// Double γ.
  case gammaMore = "gamma-more"
  /// Halve γ.
  case gammaLess = "gamma-less"
  /// Take the last edit back.
  case undo
  /// Do again what was taken back.
  case redo
  /// Take all edits back.
  case dropEdits = "drop-edits"
  /// Look for the smallest set behind the selected recommendation, or stop.
  case smallestSet = "smallest-set"
  /// Leave the smallest set out.
  case applySmallest = "apply-smallest"
  /// Pin what is on the screen and compare, or end the comparison.
  case compare
  /// Compare with the second model, or end it.
  case compareModels = "compare-models"
  /// Open or close the map of the items.
  case map
  /// Open or close the view of the model as a whole.
  case diagnose
  /// Look further left on the map.
  case panLeft = "pan-left"
  /// Look further right.
  case panRight = "pan-right"
  /// Look further up.
  case panUp = "pan-up"
  /// Look further down.
  case panDown = "pan-down"
  /// Make the map larger.
  case zoomIn = "zoom-in"
  /// Make it smaller.
  case zoomOut = "zoom-out"
  /// Show all of the map.
  case wholeMap = "whole-map"
  /// Take the other way to say what is near.
  case likeness
  /// Go to the next item that is named.
  case nextNamed = "next-named"
  /// Go to the one before.
  case previousNamed = "previous-named"
  /// Take that item into the middle of the map.
  case takeNamed = "take-named"
  /// Go back to the item that was in the middle before.
  case namedBefore = "named-before"
  /// Go to the next part of the view of the model.
  case nextPart = "next-part"
  /// Open what the selected row of that view is about.
  case openRow = "open-row"
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
