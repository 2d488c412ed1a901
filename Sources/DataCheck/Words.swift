import Foundation

/// A share as a person reads it: "2.4 %", "<0.1 %".
func percent(_ share: Double) -> String {
  let value = share * 100
  if value > 0, value < 0.1 { return "<0.1 %" }
  if share < 1, value > 99.9 { return ">99.9 %" }
  return value == value.rounded() || value >= 10 && share < 0.995
    ? "\(Int(value.rounded())) %" : String(format: "%.1f %%", value)
}

/// A whole number with its thousands apart: "91,631".
func grouped(_ number: Int) -> String {
  var digits = Substring(String(number.magnitude))
  var groups: [Substring] = []
  while digits.count > 3 {
    groups.insert(digits.suffix(3), at: 0)
    digits = digits.dropLast(3)
  }
  groups.insert(digits, at: 0)
  return (number < 0 ? "-" : "") + groups.joined(separator: ",")
}

func thousandths(_ value: Double) -> String { String(format: "%.3f", value) }

func decimal(_ value: Double) -> String { String(format: "%.2f", value) }
