import Text

/// A session as pictures, each shown for some time: an animated drawing, or a file for asciinema.
///
/// Times come from the script alone, so that the same session is the same bytes.
package struct Recording {
  private struct Picture {
    let canvas: Canvas
    let theme: Theme
    var milliseconds: Int
  }

  private var pictures: [Picture] = []

  private init() {}

  /// One picture, shown for a moment.
  package init(_ canvas: Canvas, _ theme: Theme) { show(canvas, theme, for: KeyScript.pause) }

  private mutating func show(_ canvas: Canvas, _ theme: Theme, for milliseconds: Int) {
    guard milliseconds > 0 else { return }
    if let last = pictures.last, last.canvas == canvas, last.theme == theme {
      pictures[pictures.count - 1].milliseconds += milliseconds
    } else {
      pictures.append(Picture(canvas: canvas, theme: theme, milliseconds: milliseconds))
    }
  }

  /// Plays a script; what is computed while nobody presses a key is waited for at each picture.
  package static func play(
    _ script: [KeyScript.Item], from state: State, with cache: SceneCache, glyphs: Glyphs
  ) -> Recording {
    var (recording, state, scene) = (Recording(), state, cache.scene(for: state))
    func show(for milliseconds: Int) {
      while cache.work(for: state) {}
      scene = cache.scene(for: state)
      let canvas = Explorer.render(state, scene, glyphs: glyphs).canvas
      recording.show(canvas, state.theme, for: milliseconds)
    }
    show(for: KeyScript.pause)
    for item in script {
      switch item {
      case .key(let key, var milliseconds):
        let change = Explorer.run([key], from: state, with: cache, glyphs: glyphs)
        if change.effects.contains(.quit) { return recording }
        state = change.state
        if state.playback.isRunning { milliseconds = 0 }
        show(for: milliseconds)
      case .wait(var milliseconds):
        while state.playback.isRunning, milliseconds > 0 {
          let step = min(milliseconds, Int(1000 / state.playback.stepsPerSecond))
          show(for: step)
          milliseconds -= step
          state = Explorer.reduce(state, .tick, in: scene).state
        }
        show(for: milliseconds)
      }
    }
    return recording
  }

  // MARK: Animated drawing

  /// The pictures as one drawing that repeats itself.
  ///
  /// Each row is drawn once for all pictures that have it alike. Where nothing moves, the first picture
  /// is seen.
  package var svg: String {
    guard let first = pictures.first else { return "" }
    let size = first.canvas.size
    var classes: [[Int]: Int] = [:]
    var order: [[Int]] = []
    var body = ""
    for row in 0..<size.rows {
      var shown: [(drawing: String, pictures: [Int])] = []
      for (index, picture) in pictures.enumerated() {
        let drawing = picture.canvas.drawing(ofRow: row, picture.theme, pageOf: first.theme)
        if let known = shown.firstIndex(where: { $0.drawing == drawing }) {
          shown[known].pictures.append(index)
        } else {
          shown.append((drawing, [index]))
        }
      }
      for (drawing, indices) in shown where !drawing.isEmpty {
        if indices.count == pictures.count {
          body += drawing + "\n"
          continue
        }
        let number = classes[indices] ?? order.count
        if number == order.count {
          classes[indices] = number
          order.append(indices)
        }
        body += "<g class=\"s\(number)\">\n\(drawing)\n</g>\n"
      }
    }
    return first.canvas.document(first.theme, style: style(of: order), body: body)
  }

  /// A class for each set of pictures: visible while one of them is shown.
  private func style(of sets: [[Int]]) -> String {
    guard !sets.isEmpty else { return "" }
    let total = length
    var text = "<style>\n"
    for (number, indices) in sets.enumerated() {
      let isFirst = indices.first == 0
      var frames = "0%{visibility:\(isFirst ? "visible" : "hidden")}"
      var (elapsed, wasShown) = (0, isFirst)
      for (index, picture) in pictures.enumerated() {
        let isShown = indices.contains(index)
        if isShown != wasShown {
          // Hundred-thousandths, which tell any two milliseconds of a minute apart.
          let percent = decimal(elapsed * 10_000_000 / total, digits: 5)
          frames += "\(percent)%{visibility:\(isShown ? "visible" : "hidden")}"
          wasShown = isShown
        }
        elapsed += picture.milliseconds
      }
      text += ".s\(number){visibility:\(isFirst ? "visible" : "hidden");"
      text += "animation:s\(number) \(total)ms step-end infinite}\n"
      text += "@keyframes s\(number){\(frames)}\n"
    }
    return text + "@media (prefers-reduced-motion:reduce){g{animation:none!important}}\n</style>\n"
  }

  private var length: Int { pictures.reduce(0) { $0 + $1.milliseconds } }

  // MARK: asciinema

  /// The pictures as asciinema reads them (version 2): a line of JSON a picture, each with the rows that
  /// have changed.
  package func cast() throws(UserError) -> String {
    guard let first = pictures.first else { return "" }
    let size = first.canvas.size
    var lines = [
      "{\"version\": 2, \"width\": \(size.columns), \"height\": \(size.rows), "
        + "\"env\": {\"TERM\": \"xterm-256color\"}}"
    ]
    var (elapsed, before) = (0, [String](repeating: "", count: size.rows))
    for (index, picture) in pictures.enumerated() {
      var text = index == 0 ? "\u{1B}[?25l\u{1B}[2J" : ""
      for row in 0..<size.rows {
        let line = picture.canvas.ansi(row: row, picture.theme)
        if line != before[row] { text += "\u{1B}[\(row + 1);1H\(line)" }
        before[row] = line
      }
      lines.append("[\(seconds(elapsed)), \"o\", \(try JSON.line(text))]")
      elapsed += picture.milliseconds
    }
    lines.append("[\(seconds(elapsed)), \"o\", \"\"]")
    return lines.joined(separator: "\n") + "\n"
  }

  private func seconds(_ milliseconds: Int) -> String { decimal(milliseconds, digits: 3) }

  /// A whole number of tenths, hundredths and so on, written out.
  private func decimal(_ number: Int, digits: Int) -> String {
    let text = String(number)
    let padded = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
    return "\(padded.dropLast(digits)).\(padded.suffix(digits))"
  }
}

extension Canvas {
  /// The grid with its colours as a terminal is told them, a line a row.
  package func ansi(_ theme: Theme) -> String {
    (0..<size.rows).map { ansi(row: $0, theme) + "\n" }.joined()
  }

  /// A row with its colours (SGR), which are the terminal's own again at its end.
  func ansi(row: Int, _ theme: Theme) -> String {
    var (text, last) = ("", Theme.Look())
    for cell in self.row(row) where cell.width > 0 {
      let look = theme.look(of: cell.style)
      if look != last {
        text += "\u{1B}[\(Self.codes(of: look))m"
        last = look
      }
      for scalar in cell.scalars { text.unicodeScalars.append(scalar) }
    }
    return last == Theme.Look() ? text : text + "\u{1B}[0m"
  }

  private static func codes(of look: Theme.Look) -> String {
    let stress: [(Emphasis, Int)] = [(.bold, 1), (.dim, 2), (.underline, 4), (.reverse, 7)]
    var codes = ["0"] + stress.filter { look.emphasis.contains($0.0) }.map { "\($0.1)" }
    for (color, base) in [(look.foreground, 30), (look.background, 40)] {
      switch color {
      case .standard: break
      case .named(let number) where number < 8: codes.append("\(base + Int(number))")
      case .named(let number): codes.append("\(base + 60 + Int(number & 7))")
      case .rgb(let red, let green, let blue): codes.append("\(base + 8);2;\(red);\(green);\(blue)")
      }
    }
    return codes.joined(separator: ";")
  }
}
