import { createHash } from 'node:crypto'

/** Colours meet WCAG AA on their grounds: text 4.5 to 1, lines and marks 3 to 1. */
const STYLE = `
:root { color-scheme: light dark; --ink: #1f2328; --paper: #fff; --raised: #f6f8fa; --soft: #57606a; --line: #d0d7de; --axis: #6e7781;
  --band: #dafbe1; --margin: #1a7f37; --interval: #b6d7ff; --observed: #0550ae; --good: #116329; --bad: #a40e26; --warn: #7d4e00; --bad-ground: #ffebe9; --warn-ground: #fff8c5 }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --paper: #0d1117; --raised: #161b22; --soft: #9da7b3; --line: #30363d; --axis: #8b949e;
  --band: #12361f; --margin: #3fb950; --interval: #1f4b7d; --observed: #79c0ff; --good: #56d364; --bad: #ff8f87; --warn: #e3b341; --bad-ground: #3c1618; --warn-ground: #2e2400 } }
* { box-sizing: border-box }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 62rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere }
h1, h2, h3 { line-height: 1.25 } h1 { font-size: 1.5rem; margin: .5rem 0 1rem } h2 { margin: 2.5rem 0 .75rem; padding-top: 1rem; border-top: 1px solid var(--line) } h3 { font-size: 1rem; margin: 1.5rem 0 .5rem }
.good { color: var(--good) } .bad { color: var(--bad) } .warning { color: var(--warn) } .neutral { color: var(--soft) } .soft, small, figcaption { color: var(--soft) }
.box { color: var(--ink); background: var(--raised); border: 1px solid var(--line); border-left: .4rem solid currentColor; border-radius: 6px; padding: .75rem 1rem; margin: 0 0 1rem; font-weight: 600 } .box.good { border-left-color: var(--good); background: var(--band) } .box.bad { border-left-color: var(--bad); background: var(--bad-ground) } .box.warning { border-left-color: var(--warn); background: var(--warn-ground) } .box.neutral { border-left-color: var(--axis) }
.answer a, dd a { color: var(--observed) }
.mark { display: inline-block; min-width: 1.25em; text-align: center }
.answer { display: grid; grid-template-columns: 5rem minmax(0, 1fr); gap: 0 1rem; margin: .75rem 0 } .answer h2 { border: 0; margin: 0; padding: 0; font-size: 1rem; line-height: 1.5; color: var(--soft) } .answer p { margin: 0 0 .4rem } .answer pre { margin: .4rem 0 }
dl { display: grid; grid-template-columns: fit-content(9rem) minmax(0, 1fr); gap: .25rem 1rem; margin: 1rem 0 } dt { color: var(--soft) } dd { margin: 0 }
.wide { overflow-x: auto } .wide + .wide { margin-top: 1rem } table { border-collapse: collapse; font-variant-numeric: tabular-nums; min-width: 100% }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .9rem .3rem 0; text-align: left; vertical-align: top; white-space: nowrap } th { color: var(--soft); font-weight: 600 }
td.share svg { display: inline-block; vertical-align: -.1em; width: 5rem; height: .8rem; border: 1px solid var(--line) }
td.text { white-space: normal; min-width: 12rem; width: 60% } td.path { word-break: break-all } td.spark { min-width: 7rem; width: 20% }
pre { white-space: pre-wrap; background: var(--raised); border: 1px solid var(--line); border-radius: 6px; padding: .75rem }
summary { cursor: pointer }
figure { margin: 1rem 0 } figcaption { font-size: .875rem } svg { display: block; width: 100%; height: 100%; overflow: visible }
.plot { display: grid; grid-template-columns: 3.25rem minmax(0, 1fr); grid-template-rows: 15rem 1.6rem auto; margin: .5rem .75rem .25rem 0 } .plot.low { grid-template-rows: 4.5rem 1.6rem auto } .plot .across { grid-column: 2 }
svg text { font-size: 12px; fill: var(--soft) } svg text.label { fill: var(--ink); font-weight: 600 } .shapes { overflow: hidden } .shapes * { vector-effect: non-scaling-stroke }
.grid { stroke: var(--line) } .axis { stroke: var(--axis) } .band { fill: var(--band) } .margin { stroke: var(--margin); stroke-dasharray: 2 3; fill: none } .asked { stroke: var(--margin); stroke-width: 1.5; fill: none }
.interval { fill: var(--interval); fill-opacity: .75 } .whisker { stroke: var(--observed); stroke-width: 2 } .observed { stroke: var(--observed); stroke-width: 2; fill: none } .dot { fill: var(--observed); stroke: var(--paper) }
.superseded { stroke: var(--axis); stroke-width: 2; fill: none } .superseded-interval { fill: var(--line); fill-opacity: .6 } .axis-title { margin: 0; font-size: .75rem; color: var(--soft) } p.axis-title.across { text-align: center }
.others { stroke: var(--axis); stroke-width: 2; fill: none } .limit { stroke: var(--bad); stroke-width: 1.5; stroke-dasharray: 6 3; fill: none }
.border { stroke: var(--axis); stroke-dasharray: 1 3 } .decided { stroke: var(--ink); stroke-dasharray: 4 3 } .bar { fill: var(--observed) } .checked { fill: var(--raised); stroke: var(--line) } .track { fill: var(--raised) }
td.spark svg { height: 1.5rem }
@media (max-width: 40rem) { dl { grid-template-columns: fit-content(6rem) minmax(0, 1fr) } .answer { display: block } .answer h2 { margin-bottom: .25rem }
  table, tbody, tr { display: block } thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) } tr { border-bottom: 1px solid var(--line); padding: .4rem 0 }
  td { display: grid; grid-template-columns: 8rem minmax(0, 1fr); gap: .75rem; border: 0; padding: .1rem 0; white-space: normal } td::before { content: attr(data-head); color: var(--soft) } td:empty { display: none } td.text { width: auto; min-width: 0 } td.spark { display: none } td.share { display: block } td.share::before { display: inline-block; width: 8.75rem } }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .15rem 1.25rem; margin: .25rem 0; padding: 0; font-size: .875rem; color: var(--soft) } .legend li { display: flex; align-items: center; gap: .4rem } .legend svg { width: 1.5rem; height: .8rem; flex: none }
`

const HASH = createHash('sha256').update(STYLE).digest('base64')

/** The page's own style, and a policy under which nothing else is loaded or run: no script, no picture, no frame, no form. */
export const HEAD = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${HASH}'; base-uri 'none'; form-action 'none'"><meta name="referrer" content="no-referrer"><style>${STYLE}</style>`
