import Explanation
import KSRModel
import Text

extension MapView {
  func export(_ scene: Scene) -> ViewExport {
    var export = ViewExport(title: "the map of the items", name: ["map"])
    if scene.map?.plane == nil {
      export.refusal = Toast("The map is still being found; o writes it when it is there")
    }
    export.json = { cache throws(UserError) in
      guard let map = scene.map, let document = MapDocument(map, self, cache.session.model) else {
        return nil
      }
      return try JSON.text(document)
    }
    export.svg = { _ in scene.map.flatMap { MapFigure($0)?.svg } }
    return export
  }
}

/// The map as a figure: every item a dot, the path of the last steps, and what is named.
struct MapFigure {
  private static let (side, margin) = (720.0, 40.0)

  private let map: MapScene
  private let plane: PrincipalPlane
  private let scale: Double

  /// Nil while the map is being found.
  init?(_ map: MapScene) {
    guard let plane = map.plane else { return nil }
    (self.map, self.plane) = (map, plane)
    let extent = max(plane.most.x - plane.least.x, plane.most.y - plane.least.y)
    scale = extent > 0 && extent.isFinite ? (Self.side - 2 * Self.margin) / Double(extent) : 1
  }

  var svg: String {
    var drawing = SVG()
    drawing.text(
      "The items' \(map.width)-dimensional vectors along their two principal components",
      Self.margin, 24, size: 13, bold: true)
    let (across, up) = (MapPage.percent(plane.explained[0]), MapPage.percent(plane.explained[1]))
    drawing.text(
      "explained variance: \(across) across, \(up) up; nearness in all dimensions may differ",
      Self.margin, 40, size: 10, fill: "#555")
    for (item, point) in plane.points.enumerated().dropFirst() {
      let (x, y) = place(point)
      let group = map.groups?.group[item]
      drawing.circle(
        x, y, radius: group == nil ? 1.1 : 1.6, fill: group.map { Self.colors[$0] } ?? "#b4b9c2",
        stroke: "none")
    }
    drawKey(&drawing)
    let foot = Self.height(plane, scale) - 28
    drawing.text("component 1, \(across) of the variance", Self.side / 2, foot, anchor: .middle)
    drawing.text(
      "component 2, \(up) of the variance", 16, foot / 2, anchor: .middle, turned: -90)
    let path = map.path.suffix(MapPage.pathLength).map { place(plane.points[Int($0)]) }
    for (from, to) in zip(path, path.dropFirst()) {
      drawing.line(from.0, from.1, to.0, to.1, stroke: "#d95f02", width: 1.2)
    }
    drawNames(&drawing)
    return drawing.document(
      width: Self.side + 120, height: Self.height(plane, scale), title: "Map of the items")
  }

  /// Of the groups; the names have others.
  private static let colors = ["#56b4e9", "#e69f00", "#009e73", "#cc79a7", "#0072b2"]

  /// What the colours of the dots are, at the right.
  private func drawKey(_ drawing: inout SVG) {
    guard let groups = map.groups else { return }
    let x = Self.side - 10
    drawing.text(groups.relation, x, 64, bold: true)
    for (place, tail) in groups.tails.enumerated() {
      let y = 80 + 15 * Double(place)
      drawing.circle(x + 4, y - 3.5, radius: 3, fill: Self.colors[place], stroke: "none")
      drawing.text("\(tail.name) \(tail.count)", x + 12, y)
    }
  }

  private static func height(_ plane: PrincipalPlane, _ scale: Double) -> Double {
    Double(plane.most.y - plane.least.y) * scale + 2 * margin + 60
  }

  private func place(_ point: PlanePoint) -> (Double, Double) {
    (
      Self.margin + Double(point.x - plane.least.x) * scale,
      Self.margin + 20 + Double(plane.most.y - point.y) * scale
    )
  }

  /// The present item, recommendations and neighbours, each name where it covers no other.
  private func drawNames(_ drawing: inout SVG) {
    var named: [(item: Int32, title: String, color: String, isBold: Bool)] = []
    named += map.rows.filter(\.isTruth).map { ($0.item, $0.title, "#82148c", true) }
    if let present = map.path.last { named.append((present, map.presentTitle, "#d95f02", true)) }
    if let subject = map.subject { named.append((subject.item, subject.title, "#222222", true)) }
    named += map.rows.enumerated().map { row, item in
      let color = row < map.recommendations.count ? "#2b6cb0" : "#2f7d4f"
      return (item.item, item.title, color, false)
    }
    var known: Set<Int32> = []
    named = named.filter { known.insert($0.item).inserted }
    let places = named.map { place(plane.points[Int($0.item)]) }
    var taken = places.map { Box(x: $0 - 4...$0 + 4, y: $1 - 4...$1 + 4) }
    for (entry, (x, y)) in zip(named, places) {
      drawing.circle(x, y, radius: 3, fill: entry.color, stroke: "#ffffff")
      let width = Double(entry.title.count) * (entry.isBold ? 6.4 : 5.8)
      let boxes = [
        (x + 6, y), (x - 6 - width, y), (x - width / 2, y - 11), (x - width / 2, y + 11),
      ]
      .map { Box(x: $0...$0 + width, y: $1 - 5...$1 + 5) }
      // Inside the page, right of the axis' name.
      let page = 28...Self.side + 112
      let box = boxes.first { box in
        page.contains(box.x.lowerBound) && page.contains(box.x.upperBound)
          && !taken.contains { $0.overlaps(box) }
      }
      guard let box else { continue }
      taken.append(box)
      drawing.text(
        entry.title, box.x.lowerBound, box.y.upperBound - 1.5, size: 10, bold: entry.isBold,
        fill: entry.color, hasHalo: true)
    }
    drawing.text(
      "orange: present step and path · blue: recommended · violet: came next · green: nearest to "
        + "\(map.subject?.title ?? "")", Self.margin, Self.height(plane, scale) - 12, size: 9.5,
      fill: "#555")
  }

  /// The room of a point or a name.
  private struct Box {
    let x: ClosedRange<Double>
    let y: ClosedRange<Double>

    func overlaps(_ other: Box) -> Bool { x.overlaps(other.x) && y.overlaps(other.y) }
  }
}

/// The map as JSON: where every item lies, what is named, and what is nearest.
struct MapDocument: Encodable {
  struct Item: Encodable {
    let token, name: String
    let x, y: Float
  }

  struct Step: Encodable {
    let step: Int
    let token: String
    let x, y: Float
  }

  struct Named: Encodable {
    let token, name: String
    /// A probability or score, or the likeness to `subject`.
    let value: Float
    let isSeen, cameNext: Bool
  }

  /// The components of the item vectors, of which the map shows two.
  let dimensions: Int
  /// The share of the variance along x and along y.
  let explainedVariance: [Double]
  let items: [Item]
  let path: [Step]
  let recommendations: [Named]
  /// The item whose neighbours are listed.
  let subject: String?
  /// `cosine` or `dot product`, of all components.
  let likeness: String
  let neighbours: [Named]

  /// Nil while the map is being found.
  init?(_ scene: MapScene, _ view: MapView, _ model: TrainedModel) {
    guard let plane = scene.plane else { return nil }
    func named(_ item: MapScene.Item) -> Named {
      Named(
        token: model.items[Int(item.item)], name: item.title, value: item.value,
        isSeen: item.isSeen, cameNext: item.isTruth)
    }
    dimensions = scene.width
    explainedVariance = plane.explained
    items = plane.points.indices.dropFirst().map {
      Item(
        token: model.items[$0], name: model.itemNames[$0], x: plane.points[$0].x,
        y: plane.points[$0].y)
    }
    path = scene.path.enumerated().map { place, item in
      let point = plane.points[Int(item)]
      return Step(step: place + 1, token: model.items[Int(item)], x: point.x, y: point.y)
    }
    recommendations = scene.recommendations.map(named)
    subject = scene.subject.map { model.items[Int($0.item)] }
    likeness = view.likeness.rawValue
    neighbours = scene.neighbours.map(named)
  }
}
