import { whole } from '../../kit/bench/split/text-table.ts'
import { judgedCutOffs } from './cut-offs.ts'
import { walk } from './exact-walk.ts'
import { type Cell, planOf, rulesOf } from './grid.ts'

const CELL: Cell = { target: 0.2, tolerance: 0.05, error: 0.01 }
const FROM = 0.1
const TO = 0.3
const STEPS = 80

/** In the units of the picture, which are pixels at its natural size. */
const WIDTH = 560
const MARGIN = 14
const LEFT = 74
const RIGHT = 546
const CHANCE = { top: 92, bottom: 330 }
const CONNECTIONS = { top: 412, bottom: 600 }
const HEIGHT = 668
/** A little more than the greatest mean. */
const MOST_CONNECTIONS = 1800
const CONNECTIONS_STEP = 600

/** Colors that differ in lightness too. Lines also differ by their dashes. */
const STYLE = `
svg { --paper: #fff; --ink: #1f2328; --soft: #59636e; --rule: #d1d9e0; --band: #ddf4ff; --pass: #1a7f37; --fail: #cf222e; --open: #6e7781; --cost: #0969da }
@media (prefers-color-scheme: dark) { svg { --paper: #0d1117; --ink: #f0f6fc; --soft: #9198a1; --rule: #3d444d; --band: #12283f; --pass: #3fb950; --fail: #ff7b72; --open: #9198a1; --cost: #58a6ff } }
text { font: 17px system-ui, -apple-system, "Segoe UI", sans-serif; fill: var(--ink) }
.soft { fill: var(--soft) }
.title { font-weight: 600 }
.rule { stroke: var(--rule); stroke-width: 1 }
.band { fill: var(--band) }
.edge { stroke: var(--soft); stroke-width: 1; stroke-dasharray: 2 4 }
.line { fill: none; stroke-width: 3; stroke-linejoin: round; stroke-linecap: round }
.pass { stroke: var(--pass) }
.fail { stroke: var(--fail); stroke-dasharray: 9 6 }
.open { stroke: var(--open); stroke-dasharray: 1 6 }
.cost { stroke: var(--cost) }
`

type Point = { share: number; pass: number; fail: number; open: number; mean: number }

/**
 * The operating characteristic of the usual check as an SVG that stands alone: the chances of each end,
 * and below them the connections it takes, over the true share.
 */
export function picture(): string {
  const points = measure()
  const least = CELL.target - CELL.tolerance
  const most = CELL.target + CELL.tolerance
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-labelledby="title">`,
    `<title id="title">${summary(points)}</title>`,
    `<style>${STYLE}</style>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="var(--paper)"/>`,
    text([MARGIN, 26], 'Asked for 20%, tolerance 5 points, confidence 99', 'title'),
    ...legend(),
    ...[CHANCE, CONNECTIONS].flatMap((panel) => [
      `<rect class="band" x="${x(least)}" y="${panel.top}" width="${round(x(most) - x(least))}" height="${panel.bottom - panel.top}"/>`,
      ...[least, most].map((margin) => upright(margin, panel)),
    ]),
    text([x(CELL.target), CHANCE.top - 8], 'within tolerance', 'soft', 'middle'),
    ...[0, 0.25, 0.5, 0.75, 1].flatMap((chance) => level(yOf(CHANCE, chance), `${chance * 100}%`)),
    curve('pass', points, ({ pass }) => yOf(CHANCE, pass)),
    curve('fail', points, ({ fail }) => yOf(CHANCE, fail)),
    curve('open', points, ({ open }) => yOf(CHANCE, open)),
    text([MARGIN, CONNECTIONS.top - 16], 'Connections it takes (mean)', 'title'),
    ...levels(MOST_CONNECTIONS, CONNECTIONS_STEP).flatMap((count) =>
      level(yOf(CONNECTIONS, count / MOST_CONNECTIONS), whole(count)),
    ),
    curve('cost', points, ({ mean }) => yOf(CONNECTIONS, mean / MOST_CONNECTIONS)),
    ...[0.1, 0.15, 0.2, 0.25, 0.3].flatMap((share) =>
      [CHANCE, CONNECTIONS].map((panel) =>
        text([x(share), panel.bottom + 22], `${Math.round(share * 100)}%`, 'soft', 'middle'),
      ),
    ),
    text([(LEFT + RIGHT) / 2, CONNECTIONS.bottom + 50], 'true share', 'soft', 'middle'),
    '</svg>',
    '',
  ].join('\n')
}

function measure(): Point[] {
  const { cap } = planOf(CELL)
  const cutOffs = judgedCutOffs(rulesOf(CELL))
  return Array.from({ length: STEPS + 1 }, (_, step) => {
    const share = FROM + ((TO - FROM) * step) / STEPS
    const { pass, offTarget, undecided, mean } = walk(cutOffs, share, { samples: cap })
    return { share, pass, fail: offTarget, open: undecided, mean }
  })
}

/** For those who do not see it. */
function summary(points: readonly Point[]): string {
  const at = (wanted: number) =>
    points.find(({ share }) => Math.abs(share - wanted) < 1e-9)?.mean ?? Number.NaN
  return `Chance of pass, fail and no verdict, and mean connections, over the true share. On target a check passes almost always, after ${whole(at(0.2))} connections on average; at 15% or 25% and beyond almost never.`
}

function legend(): string[] {
  const entries = [
    { name: 'pass', line: 'pass', left: 124 },
    { name: 'fail', line: 'fail', left: 224 },
    { name: 'no verdict at the cap', line: 'open', left: 314 },
  ]
  return [
    text([MARGIN, 56], 'Chance of', 'title'),
    ...entries.flatMap(({ name, line, left }) => [
      `<path class="line ${line}" d="M${left} 50h34"/>`,
      text([left + 44, 56], name, 'soft'),
    ]),
  ]
}

function levels(most: number, step: number): number[] {
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, i) => i * step)
}

function level(y: number, label: string): string[] {
  return [
    `<path class="rule" d="M${LEFT} ${y}H${RIGHT}"/>`,
    text([LEFT - 10, y + 5], label, 'soft', 'end'),
  ]
}

function upright(share: number, { top, bottom }: { top: number; bottom: number }): string {
  return `<path class="edge" d="M${x(share)} ${top}V${bottom}"/>`
}

function curve(name: string, points: readonly Point[], y: (point: Point) => number): string {
  const path = points.map((point) => `${x(point.share)} ${y(point)}`).join('L')
  return `<path class="line ${name}" d="M${path}"/>`
}

function text(
  [left, top]: readonly [number, number],
  content: string,
  style: string,
  anchor: 'start' | 'middle' | 'end' = 'start',
): string {
  return `<text x="${round(left)}" y="${round(top)}" class="${style}" text-anchor="${anchor}">${content}</text>`
}

function x(share: number): number {
  return round(LEFT + ((share - FROM) / (TO - FROM)) * (RIGHT - LEFT - 14))
}

/** @param part 0 to 1 of the panel's height */
function yOf({ top, bottom }: { top: number; bottom: number }, part: number): number {
  return round(bottom - part * (bottom - top))
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
