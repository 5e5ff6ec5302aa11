extension LossGrowth {
  /// The growth measured in one model, of tensors that were quantized one at a time or all at once.
  ///
  /// For each tensor a level and a rate were fitted to the ratios of its actual KLD to the second order,
  /// under three to six types from 1.6 to 5.3 bits per weight. `docs/constants.md` says on which texts.
  package struct Evidence: Sendable {
    /// The model's name.
    package let model: String
    /// The role of the tensors; nil where all tensors of the model were quantized at once.
    package let role: String?
    /// How many tensors were quantized.
    package let tensors: Int
    /// The median rate over the tensors.
    package let rate: Double
    /// The rates of all of them; one number where they were quantized at once.
    package let rates: ClosedRange<Double>
    /// The median level over the tensors.
    package let level: Double
    /// The levels of all of them.
    package let levels: ClosedRange<Double>
  }

  /// What has been measured, model by model.
  package static let evidence = [
    Evidence(
      model: "Folio 4M", role: nil, tensors: 44, rate: 4.7, rates: 4.7...4.7,
      level: 0.95, levels: 0.95...0.95),
    Evidence(
      model: "Folio 4M", role: "token_embd", tensors: 1, rate: 10.7, rates: 10.7...10.7,
      level: 0.90, levels: 0.90...0.90),
    Evidence(
      model: "Folio 4M", role: "attn_q", tensors: 3, rate: 17.8, rates: 6.4...24.3,
      level: 0.83, levels: 0.53...1.01),
    Evidence(
      model: "Folio 4M", role: "attn_k", tensors: 3, rate: 14.2, rates: 5.5...19.8,
      level: 0.87, levels: 0.66...0.97),
    Evidence(
      model: "Folio 4M", role: "attn_v", tensors: 3, rate: 13.7, rates: 5.5...15.3,
      level: 1.17, levels: 0.42...1.35),
    Evidence(
      model: "Folio 4M", role: "attn_output", tensors: 3, rate: 11.1, rates: 5.6...11.3,
      level: 0.67, levels: 0.37...1.02),
    Evidence(
      model: "Folio 4M", role: "ffn_gate", tensors: 3, rate: 2.9, rates: 1.4...17.4,
      level: 1.00, levels: 0.93...1.02),
    Evidence(
      model: "Folio 4M", role: "ffn_up", tensors: 3, rate: 3.9, rates: 2.3...16.6,
      level: 0.99, levels: 0.92...1.00),
    Evidence(
      model: "Folio 4M", role: "ffn_down", tensors: 3, rate: 2.6, rates: 2.0...4.5,
      level: 0.93, levels: 0.90...1.00),
    Evidence(
      model: "Folio 4M", role: "output", tensors: 1, rate: 2.2, rates: 2.2...2.2,
      level: 0.92, levels: 0.92...0.92),

    Evidence(
      model: "SmolLM2-135M", role: nil, tensors: 211, rate: 6.7, rates: 6.7...6.7,
      level: 0.76, levels: 0.76...0.76),
    Evidence(
      model: "SmolLM2-135M", role: "token_embd", tensors: 1, rate: 15.0, rates: 15.0...15.0,
      level: 0.90, levels: 0.90...0.90),
    Evidence(
      model: "SmolLM2-135M", role: "attn_q", tensors: 3, rate: 3.6, rates: 3.5...18.9,
      level: 1.04, levels: 0.90...1.45),
    Evidence(
      model: "SmolLM2-135M", role: "attn_k", tensors: 3, rate: 2.2, rates: 0.5...13.3,
      level: 0.83, levels: 0.68...0.84),
    Evidence(
      model: "SmolLM2-135M", role: "attn_v", tensors: 3, rate: 1.5, rates: 0.9...6.4,
      level: 0.27, levels: 0.23...0.68),
    Evidence(
      model: "SmolLM2-135M", role: "attn_output", tensors: 3, rate: 1.4, rates: 1.4...1.7,
      level: 1.04, levels: 1.00...1.67),
    Evidence(
      model: "SmolLM2-135M", role: "ffn_gate", tensors: 3, rate: 2.8, rates: 1.7...3.5,
      level: 0.99, levels: 0.83...1.00),
    Evidence(
      model: "SmolLM2-135M", role: "ffn_up", tensors: 3, rate: 0.8, rates: 0.7...1.8,
      level: 1.08, levels: 0.91...1.23),
    Evidence(
      model: "SmolLM2-135M", role: "ffn_down", tensors: 2, rate: 1.6, rates: 0.9...2.2,
      level: 1.15, levels: 1.04...1.27),

    Evidence(
      model: "Gemma-3-270M", role: nil, tensors: 127, rate: 2.4, rates: 2.4...2.4,
      level: 0.16, levels: 0.16...0.16),
    Evidence(
      model: "Gemma-3-270M", role: "token_embd", tensors: 1, rate: 5.2, rates: 5.2...5.2,
      level: 0.78, levels: 0.78...0.78),
    Evidence(
      model: "Gemma-3-270M", role: "attn_q", tensors: 2, rate: -0.2, rates: -0.6...0.2,
      level: 1.19, levels: 0.37...2.02),
    Evidence(
      model: "Gemma-3-270M", role: "attn_k", tensors: 2, rate: 0.4, rates: -3.2...4.1,
      level: 0.26, levels: 0.03...0.48),
    Evidence(
      model: "Gemma-3-270M", role: "attn_v", tensors: 2, rate: 1.1, rates: 0.4...1.8,
      level: 0.28, levels: 0.09...0.47),
    Evidence(
      model: "Gemma-3-270M", role: "attn_output", tensors: 2, rate: 1.0, rates: 0.2...1.9,
      level: 0.93, levels: 0.55...1.32),
    Evidence(
      model: "Gemma-3-270M", role: "ffn_gate", tensors: 2, rate: 1.2, rates: 0.8...1.6,
      level: 1.19, levels: 1.18...1.19),
    Evidence(
      model: "Gemma-3-270M", role: "ffn_up", tensors: 2, rate: 1.1, rates: 0.8...1.5,
      level: 1.11, levels: 1.08...1.13),
    Evidence(
      model: "Gemma-3-270M", role: "ffn_down", tensors: 2, rate: -0.2, rates: -0.9...0.5,
      level: 0.50, levels: 0.09...0.91),
  ]
}
