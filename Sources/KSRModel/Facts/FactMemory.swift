import Glibc

/// The constants of the memory of facts. T_a(i) are the tails of item i under relation a:
///
///     write  w_a ← (1 − z) w_a + z · 1[τ ∈ T_a(i_t)]     where T_a(i_t) is not empty; w_a starts at 0
///     hold   m_aτ = w_aτ^p idf_τ        f_a = max_τ m_aτ        idf_τ = ln(items / items with τ)
///     read   α = softmax_a(γ (W_d h_t + b_d) · r_a + κ f_a)     beside them the null slot's logit
///     match  S_a(i) = Σ_{τ ∈ T_a(i)} m_aτ
///     score(t, i) = p_t · q_i + Σ_a α_a λ_a S_a(i) + ρ · 1[i is in the history]    λ_a = softplus(l_a)
///
/// With w_aτ = Σ_t c_ta 1[τ ∈ T_a(i_t)], c_ta = z Π_{s>t, T_a(i_s) not empty} (1 − z), the match is a
/// sum over steps, relations and tails: λ_a α_a c_ta w_aτ^(p−1) idf_τ for τ in T_a(i_t) ∩ T_a(i).
package enum FactMemory {
  /// z: how much of a relation's slot each write replaces.
  package static let writeGate: Float = 0.3
  /// Below it w is not read: its square would add less than 1e-4 idf, a thousandth of what one write adds.
  package static let floor: Float = 1e-2

  /// m = w^p idf with p = 2; the pass computes it in `ksr_facts_hold`.
  package static func held(_ weight: Float, idf: Float) -> Float { weight * weight * idf }

  /// (1 − z)^n for the numbers n of later writes after which a write is more than rounding.
  package static let kept: [Float] = {
    var powers: [Float] = [1]
    while let last = powers.last, last > 1e-8 { powers.append(last * (1 - writeGate)) }
    return powers
  }()

  /// The values that training starts from: λ = 1, κ = 1.
  package static let initialStrength = Float(log(exp(1.0) - 1))
  package static let initialFocus: Float = 1

  /// λ = ln(1 + e^l).
  package static func strength(_ l: Float) -> Float { l > 20 ? l : log1p(exp(l)) }
  /// dλ/dl = σ(l).
  package static func strengthSlope(_ l: Float) -> Float { 1 / (1 + exp(-l)) }
}
