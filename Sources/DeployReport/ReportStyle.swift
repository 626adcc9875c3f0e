/// The style sheet of a report's page, for light and dark displays, wide and narrow screens, and paper.
enum ReportStyle {
  static let text = """
    :root { color-scheme: light dark; --ink: #1b1f24; --soft: #59636e; --paper: #ffffff; --card: #f6f8fa; --line: #d1d9e0;
      --good: #116329; --good-fill: #b7e3c2; --warn: #7d4e00; --warn-fill: #f5dfa4; --bad: #a40e26; --bad-fill: #f8c4c9;
      --plain-fill: #c9d6ea; --link: #0550ae; }
    @media (prefers-color-scheme: dark) {
      :root { --ink: #e6edf3; --soft: #9aa4af; --paper: #0d1117; --card: #161b22; --line: #343b44;
        --good: #6fdd8b; --good-fill: #1d4d2b; --warn: #eac54f; --warn-fill: #574210; --bad: #ff9492; --bad-fill: #6e1d24;
        --plain-fill: #2b3f5c; --link: #79c0ff; }
    }
    * { box-sizing: border-box; }
    html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
    body { margin: 0 auto; max-width: 80rem; padding: 1.25rem; background: var(--paper); color: var(--ink);
      font: 1rem/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; overflow-wrap: break-word; }
    header { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem 1rem; }
    h1 { font-size: 1.6rem; line-height: 1.2; margin: 0; }
    h2 { font-size: 1.1rem; margin: 0 0 .6rem; }
    section { margin-top: 1.25rem; padding: 1rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--card); }
    a { color: var(--link); }
    .badge { padding: .15rem .7rem; border-radius: 1rem; background: var(--plain-fill); }
    .badge.good { background: var(--good-fill); } .badge.warn { background: var(--warn-fill); } .badge.bad { background: var(--bad-fill); }
    .badge.good, .badge.warn, .badge.bad { color: var(--ink); }
    .good { color: var(--good); } .warn { color: var(--warn); } .bad { color: var(--bad); } .dim { color: var(--soft); }
    dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.25rem; margin: 0; }
    dt { color: var(--soft); } dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
    ul { margin: 0; padding-left: 1.2rem; } p { margin: 0 0 .6rem; }
    summary { overflow-wrap: anywhere; }
    .wide { overflow-x: auto; }
    table { border-collapse: collapse; font-size: .85rem; }
    th, td { text-align: left; padding: .3rem .7rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
    thead th { color: var(--soft); font-weight: 600; }
    .matrix th, .matrix td { white-space: nowrap; }
    .matrix tbody th { position: sticky; left: 0; background: var(--card); }
    .filter { display: block; margin-bottom: .6rem; width: max-content; max-width: 100%; }
    .filter:has(:checked) + .wide .fine { display: none; }
    .timeline { display: block; width: 100%; min-width: 44rem; font-size: 12px; }
    .timeline text { fill: var(--ink); } .timeline .name { text-anchor: end; } .timeline .tick { fill: var(--soft); }
    .timeline line { stroke: var(--line); }
    .timeline .plain, .timeline .dim { fill: var(--plain-fill); } .timeline .good { fill: var(--good-fill); }
    .timeline .warn { fill: var(--warn-fill); } .timeline .bad { fill: var(--bad-fill); }
    figure { margin: 0 0 1rem; } figcaption { font-size: .9rem; font-weight: 600; margin-bottom: .3rem; }
    .plot .most { fill: none; stroke: var(--soft); stroke-width: 2; }
    details { border-top: 1px solid var(--line); padding: .35rem 0; }
    summary { cursor: pointer; }
    pre { margin: .4rem 0 0; padding: .75rem; max-height: 30rem; overflow: auto; background: var(--paper); border: 1px solid var(--line);
      border-radius: .35rem; font: .82rem/1.45 ui-monospace, "DejaVu Sans Mono", monospace; white-space: pre-wrap; }
    :focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
    @media (max-width: 40rem) { body { padding: .75rem; } section { padding: .75rem; } dl { grid-template-columns: 1fr; gap: 0; }
      dd { margin-bottom: .5rem; } }
    @media print {
      :root { --ink: #000; --soft: #444; --paper: #fff; --card: #fff; --line: #bbb; }
      body { max-width: none; padding: 0; font-size: 10pt; } section { break-inside: avoid-page; border: 0; padding: .25rem 0; }
      .filter { display: none; } .wide { overflow: visible; } .timeline { min-width: 0; } pre { max-height: none; }
      .matrix th, .matrix td { white-space: normal; }
    }

    """
}
