import { OPTIONS, type Option } from '../options/table.ts'

/** How the types of options are said where there is little room; other types as they are. */
const SHORT_TYPES: ReadonlyMap<string, string> = new Map([
  ['name', 'NAME'],
  ['destination name', 'NAME'],
  ['namespace/name', 'NAMESPACE/NAME'],
  ['tcp or tcp:PORT', 'tcp:PORT'],
  ['percent, integer 0 to 100', '0..100'],
  ['percents, by comma or space', 'PERCENTS'],
  ['YAML mapping, destination: percent', 'YAML'],
  ['YAML mapping, destination: regular expression', 'YAML'],
  ['tcp or command', 'tcp|command'],
  ['command line', 'COMMAND'],
  ['text with \\n \\r \\t \\xNN \\\\ escapes', 'TEXT'],
  ['newline, match or close', 'newline|match|close'],
  ['host:port or [v6]:port', 'HOST:PORT'],
  ['integer or auto', 'NUMBER'],
  ['integer, 1 to 256', '1..256'],
  ['percentage points, more than 0', 'POINTS'],
  ['percent, 50 to 99.999', '50..99.999'],
  ['connections a second, more than 0', 'A-SECOND'],
  ['duration', 'TIME'],
  ['rollback or keep', 'rollback|keep'],
  ['path, the YAML itself, or auto', 'PATH'],
  ['path of a YAML file', 'PATH'],
  ['folder', 'FOLDER'],
])

const COLUMN = 39

/** What `--help` prints: every option there is, with its default, on a screen of 24 lines of 80 columns. */
export function helpText(): string {
  const options: readonly Option[] = OPTIONS.filter(({ name }) => name !== 'mode')
  // Not in the table: a step of a job has its outputs, and no standard output of its own.
  const words = [...options.map(optionWords), '--output text|json']
  return `istio-traffic-shift shift|verify|plan --namespace NAME --virtual-service NAME \\
  --subset v2 --weight 20 --expect '{v1: "^one", v2: "^two"}'
istio-traffic-shift rollback|status --namespace NAME --virtual-service NAME

${inTwoColumns(words).join('\n')}

Default in [], or the first of a|b. TIME is 250ms, 5s, 2m. More in README.md.
Exit: 0 ok; 1 fail; 2 input; 3 inconclusive; 4 error; 5 in progress; 130 cancel.
`
}

function optionWords({ name, type, default: preset }: Option): string {
  const value = SHORT_TYPES.get(type) ?? type
  // Of words to choose from, the first is the default.
  const isSaid = preset === undefined || value.startsWith(`${preset}|`)
  return `--${name} ${value}${isSaid ? '' : ` [${preset}]`}`
}

/** Read down the left column first. */
function inTwoColumns(words: readonly string[]): string[] {
  const rows = Math.ceil(words.length / 2)
  return words
    .slice(0, rows)
    .map((left, row) => `${left.padEnd(COLUMN)} ${words[row + rows] ?? ''}`.trimEnd())
}
