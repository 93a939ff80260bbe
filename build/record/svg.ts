import { COLUMNS, ROWS, type TimedLine } from './cast.ts'

/** The width of a character in the widest of the fonts below, at 14 pixels. */
const CHARACTER = 8.7
const LINE = 20
const PADDING = 16
const BAR = 28
/** How long the last screen stays before the recording starts again. */
const HOLD = 5
const TIMES = 5

const WIDTH = Math.ceil(COLUMNS * CHARACTER) + 2 * PADDING
const HEIGHT = BAR + ROWS * LINE + 2 * PADDING

type Run = { text: string; style: string }
type Row = { at: number; runs: readonly Run[] }

/** The classes of the codes for colors that the demo prints. */
const STYLES: Readonly<Record<string, string>> = { 1: 'b', 31: 'r', 32: 'g', 33: 'y', 34: 'l' }
const CODE = new RegExp(`${String.fromCharCode(27)}\\[([\\d;]*)m`)

/** A recording as a picture that moves: a dark terminal, which can be read on any ground. */
export function svgOf(title: string, lines: readonly TimedLine[]): string {
  const rows = lines.flatMap(rowsOf)
  return pictureOf(title, rows, motionOf(rows))
}

/** The last screen of a recording, for readers who prefer less motion. */
export function stillOf(title: string, lines: readonly TimedLine[]): string {
  return pictureOf(title, lines.flatMap(rowsOf).slice(-ROWS), '')
}

/**
 * All rows are in one column. A cover below the newest row moves down, and the column moves up. At the end, and for
 * readers who prefer less motion, the last screen stays.
 */
function motionOf(rows: readonly Row[]): string {
  const seconds = (rows.at(-1)?.at ?? 0) + HOLD
  const stops = rows.map(({ at }, index) => ({ at, shown: index + 1 }))
  // Of rows that come at once, the last one counts.
  const steps = [{ at: 0, shown: 0 }, ...stops].filter(
    ({ at }, index, all) => all[index + 1]?.at !== at,
  )
  const cover = (shown: number) => `transform:translateY(${shown * LINE}px)`
  const column = (shown: number) => `transform:translateY(${-Math.max(0, shown - ROWS) * LINE}px)`
  const keyframes = (name: string, style: (shown: number) => string) =>
    `@keyframes ${name}{${steps.map(({ at, shown }) => `${((at / seconds) * 100).toFixed(2)}%{${style(shown)}}`).join('')}}`
  const animation = (name: string) => `animation:${name} ${seconds.toFixed(1)}s step-end ${TIMES}`
  return `.column{${column(rows.length)}}.cover{${cover(rows.length)}}
@media (prefers-reduced-motion:no-preference){.column{${animation('column')}}.cover{${animation('cover')}}}
${keyframes('column', column)}
${keyframes('cover', cover)}`
}

function pictureOf(title: string, rows: readonly Row[], motion: string): string {
  const texts = rows.map(
    ({ runs }, index) => `<text y="${(index + 0.75) * LINE}">${runs.map(spanOf).join('')}</text>`,
  )
  const cover = `<rect class="cover" width="${WIDTH - 2 * PADDING}" height="${rows.length * LINE}" fill="#0d1117"/>`
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${escaped(title)}">
<title>${escaped(title)}</title>
<style>
text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;fill:#d1d7e0;white-space:pre}
.b{font-weight:700;fill:#f0f6fc}.r{fill:#ff7b72}.g{fill:#56d364}.y{fill:#e3b341}.l{fill:#79c0ff}
${motion}
</style>
<rect width="${WIDTH}" height="${HEIGHT}" rx="10" fill="#0d1117"/>
<rect x=".5" y=".5" width="${WIDTH - 1}" height="${HEIGHT - 1}" rx="9.5" fill="none" stroke="#3d444d"/>
<circle cx="20" cy="18" r="5" fill="#ff7b72"/><circle cx="38" cy="18" r="5" fill="#e3b341"/><circle cx="56" cy="18" r="5" fill="#56d364"/>
<clipPath id="screen"><rect width="${WIDTH - 2 * PADDING}" height="${ROWS * LINE}"/></clipPath>
<g transform="translate(${PADDING} ${BAR + PADDING / 2})" clip-path="url(#screen)"><g class="column">
${texts.join('\n')}
${motion === '' ? '' : cover}
</g></g>
</svg>
`
}

/** The rows of the terminal that a line takes. A long line goes on after a space, where it has one. */
function rowsOf({ at, text }: TimedLine): Row[] {
  const rows: Row[] = []
  let runs: Run[] = []
  let room = COLUMNS
  for (const run of runsOf(text)) {
    let rest = run.text
    while (rest.length > room) {
      const space = rest.lastIndexOf(' ', room)
      const cut = space > 0 ? space : room === COLUMNS ? room : 0
      rows.push({ at, runs: [...runs, { ...run, text: rest.slice(0, cut) }] })
      rest = rest.slice(cut).trimStart()
      runs = []
      room = COLUMNS
    }
    runs.push({ ...run, text: rest })
    room -= rest.length
  }
  return [...rows, { at, runs }]
}

function runsOf(text: string): Run[] {
  let style = ''
  // A split by a pattern with a group has the codes at odd places.
  return text.split(CODE).flatMap((piece, index) => {
    if (index % 2 === 0) return piece === '' ? [] : [{ text: piece, style }]
    const codes = piece.split(';')
    style =
      codes.includes('0') || piece === '' ? '' : codes.map((code) => STYLES[code] ?? '').join(' ')
    return []
  })
}

function spanOf({ text, style }: Run): string {
  return style === '' ? escaped(text) : `<tspan class="${style}">${escaped(text)}</tspan>`
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
