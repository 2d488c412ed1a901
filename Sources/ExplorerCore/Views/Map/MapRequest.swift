import AtomicFiles
import Explanation
import Text

/// A map as the command line has it: parts `of=ITEM`, `zoom=N`, `at=X:Y` or `at=all`, `by=dot`,
/// `colour=N` and `row=N` with commas between; all of them may be missing.
///
/// The item is the one whose neighbours are listed, and without `at` it is in the middle. `zoom` is
/// how often the map has been made larger, X and Y a point of the plane, `row` the selected row of
/// the list beside the map, from 1.
package struct MapRequest: Sendable, Equatable {
  enum Middle: Sendable, Equatable {
    case everything
    case point(PlanePoint)
  }

  /// The item, by token or by a name that only one has; nil for the selected recommendation.
  private(set) var item: String?
  private(set) var zoom = 0
  private(set) var middle: Middle?
  private(set) var likeness = ItemLikeness.cosine
  /// The selected row, from 0; nil for none.
  private(set) var row: Int?
  private(set) var colouring = MapView.Colouring.widest

  /// The map of a view.
  ///
  /// - Parameter item: the token of its item, if it has one.
  init(_ view: MapView, item: String?) {
    self.item = item
    (zoom, likeness, row) = (view.zoom, view.likeness, view.row)
    colouring = view.colouring
    switch view.centre {
    case .everything: middle = view.item == nil ? nil : .everything
    // An item in the middle is the one whose neighbours are listed.
    case .item: middle = nil
    case .point(let point): middle = .point(point)
    }
  }

  /// Reads what ``text`` has written.
  package init(parsing text: String) throws(UserError) {
    for part in text.split(separator: ",") {
      let pieces = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let value = pieces.count > 1 ? pieces[1] : ""
      func fail(_ expected: String) -> UserError {
        UserError("--map, \(quoted(part)): expected \(expected).")
      }
      switch pieces[0] {
      case "of":
        guard !value.isEmpty else { throw fail("an item after of=") }
        item = EditToken.decoded(value)
      case "zoom":
        guard let number = Int(value), MapView.zooms.contains(number) else {
          throw fail(
            "a number from \(MapView.zooms.lowerBound) to \(MapView.zooms.upperBound) after zoom=")
        }
        zoom = number
      case "at":
        let numbers = value.split(separator: ":").compactMap { Float($0) }
        if value == "all" {
          middle = .everything
        } else if numbers.count == 2, numbers.allSatisfy(\.isFinite) {
          middle = .point(PlanePoint(x: numbers[0], y: numbers[1]))
        } else {
          throw fail("all or two numbers such as 0.5:-1 after at=")
        }
      case "by":
        switch value {
        case "cosine": likeness = .cosine
        case "dot": likeness = .dotProduct
        default: throw fail("cosine or dot after by=")
        }
      case "row":
        guard let number = Int(value), number > 0 else {
          throw fail("a row from 1 after row=")
        }
        row = number - 1
      case "colour":
        if value == "off" {
          colouring = .off
        } else if let number = Int(value), number > 0 {
          colouring = .slot(number - 1)
        } else {
          throw fail("the number of a relation from 1, or off, after colour=")
        }
      default: throw fail("of=ITEM, zoom=N, at=X:Y, at=all, by=dot, colour=N or row=N")
      }
    }
  }

  /// The map as the command line takes it; empty for the map as it opens.
  package var text: String {
    var parts: [String] = []
    if let item { parts.append("of=\(EditToken.encoded(item))") }
    if zoom != 0 { parts.append("zoom=\(zoom)") }
    switch middle {
    case .everything: parts.append("at=all")
    case .point(let point): parts.append("at=\(point.x):\(point.y)")
    case nil: break
    }
    if likeness == .dotProduct { parts.append("by=dot") }
    switch colouring {
    case .widest: break
    case .slot(let slot): parts.append("colour=\(slot + 1)")
    case .off: parts.append("colour=off")
    }
    if let row { parts.append("row=\(row + 1)") }
    return parts.joined(separator: ",")
  }

  /// The view of the map, no row selected yet.
  func view(of item: Int32?) -> MapView {
    var view = MapView()
    (view.item, view.zoom, view.likeness) = (item, zoom, likeness)
    view.colouring = colouring
    switch middle {
    case .everything: view.centre = .everything
    case .point(let point): view.centre = .point(point)
    case nil: view.centre = item.map { .item($0) } ?? .everything
    }
    // Back from an item leads to the whole map.
    if item != nil { view.trail = [nil] }
    return view
  }
}

extension SceneCache {
  package func mapping(_ state: State, _ request: MapRequest) throws(UserError) -> State {
    var item: Int32?
    if let name = request.item {
      do throws(UserError) {
        item = try editNames.item(name)
      } catch {
        throw UserError("--map: \(error.description)")
      }
    }
    var next = state
    var view = request.view(of: item)
    next.show(view)
    if let row = request.row, let last = scene(for: next).map?.rows.indices.last {
      view.row = min(row, last)
      next.show(view)
    }
    return next
  }
}
