extension SensitivityPrior {
  /// The prior that Ration uses, fitted to the KLDs of single tensors of 15 models that Thireus, GGUF
  /// Tool Suite and its contributors measured and published.
  ///
  /// Under iq1_kt for eleven of the models, iq1_m_r4 and iq2_xxs for two each, which are taken for the
  /// same. `Tests/PlanningTests/Sensitivity` has the fit and, in `Published`, the measurements,
  /// says how well the prior predicts models that it was not fitted to, and proves that these numbers
  /// are what the fit gives.
  package static let published = SensitivityPrior(
    roles: [
      "attn_q": -0.65, "attn_k": 0.04, "attn_v": 0.37, "attn_output": -0.15,
      "attn_qkv": -0.43, "attn_gate": -0.51,
      "attn_q_a": -0.08, "attn_q_b": -0.21, "attn_kv_a_mqa": 0.72, "attn_k_b": -0.33,
      "attn_v_b": 0.37,
      "ssm_alpha": -0.26, "ssm_beta": 0.06, "ssm_out": -0.12,
      "ffn_gate": -0.30, "ffn_up": -0.11, "ffn_down": -0.01,
      "ffn_gate_exps": 0.41, "ffn_up_exps": 0.42, "ffn_down_exps": 0.63,
      "ffn_gate_shexp": -0.57, "ffn_up_shexp": -0.51, "ffn_down_shexp": -0.53,
      "token_embd": 0.67, "output": 1.09,
    ],
    logWeights: 0.49, tiedEmbedding: 1.50, expertDepth: -1.41,
    total: 1.24, levelError: 1.30, tensorError: 0.72)
}
