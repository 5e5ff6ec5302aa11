extension FrontierPlot {
  /// Colours and letters. Kinds differ in shape and brightness too, not in colour alone.
  static let style = """
    text { font: 13px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #1f2328; }
    .title { font-size: 18px; font-weight: 600; }
    .legend { fill: #59636e; }
    .axis { fill: #59636e; }
    .ground { fill: #ffffff; }
    .grid path { stroke: #e4e8ec; }
    .grid text { fill: #59636e; font-size: 12px; }
    .line { fill: none; stroke: #0b5fc0; stroke-width: 2.25; stroke-linejoin: round; }
    .below { fill: #0b5fc0; fill-opacity: 0.06; }
    .leader { stroke: #b4bcc4; }
    .type { fill: #c2410c; }
    .skeleton { fill: #ffffff; stroke: #15803d; stroke-width: 2; }
    .type-name, .skeleton-name { font: 11px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
    .type-name { fill: #9a3412; }
    .skeleton-name { fill: #166534; }
    @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .legend, .axis, .grid text { fill: #9198a1; }
    .ground { fill: #0d1117; }
    .grid path { stroke: #242a32; }
    .line { stroke: #58a6ff; }
    .below { fill: #58a6ff; fill-opacity: 0.08; }
    .leader { stroke: #4d5560; }
    .type { fill: #fb923c; }
    .skeleton { fill: #0d1117; stroke: #4ade80; }
    .type-name { fill: #fdba74; }
    .skeleton-name { fill: #86efac; }
    }

    """
}
