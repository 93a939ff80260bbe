import { type CommandFlag, FLAGS } from '../../options/command-line/flags.ts'
import type { Mode } from '../../options/options.ts'
import { GROUPS, namesOf, type Option } from '../../options/table.ts'
import type { Command } from '../command.ts'
import { MODES } from './modes.ts'
import { definition, type Paragraph, page, paragraph } from './wrap.ts'

const WIDEST = 80
const NARROWEST = 40

/**
 * What `--help` prints: all options of one mode or command, or an overview. Wrapped to the columns of the terminal, 80
 * at most.
 */
export function helpText(topic?: string, columns = WIDEST, commands: readonly Command[] = []) {
  const width = Math.max(NARROWEST, Math.min(WIDEST, columns))
  const command = commands.find(({ name }) => name === topic)
  if (command !== undefined) return page(commandHelp(command, width), width)
  return page(isMode(topic) ? modeHelp(topic, width) : overview(width, commands), width)
}

function isMode(topic: string | undefined): topic is Mode {
  return topic !== undefined && Object.hasOwn(MODES, topic)
}

type Part = string | Paragraph

/** The options that most runs need, in a few words each. */
const COMMON = [
  ['-n, --namespace NAME', 'namespace of the route object'],
  ['--virtual-service NAME', 'the same as VirtualService/NAME'],
  ['--subset NAME', 'the destination to shift to'],
  ['--weight 0..100', 'share of new connections for it, in percent'],
  ['--steps PERCENTS', 'weights to confirm first, such as 5,25,50'],
  ['--expect YAML', 'which replies come from which destination'],
  ['--endpoint HOST:PORT', 'where to connect; found from the Gateway by default'],
  ['--kubeconfig PATH', 'KUBECONFIG, in-cluster, or ~/.kube/config by default'],
  ['--config FILE', 'a YAML file with options'],
]

function overview(width: number, commands: readonly Command[]): Part[] {
  return [
    paragraph(
      'Shift Istio traffic between versions, and confirm the split with real connections. If it is not confirmed, the previous weights are restored.',
    ),
    '',
    usage('MODE'),
    '',
    'Modes:',
    ...Object.entries(MODES).map(([name, { summary }]) => definition(name, summary, 14)),
    '',
    ...(commands.length === 0 ? [] : ['Other commands:']),
    ...commands.map(({ name, summary }) => definition(name, summary, 14)),
    ...(commands.length === 0 ? [] : ['']),
    'Common options:',
    ...COMMON.map(([option = '', words = '']) => definition(option, words, 27)),
    '',
    'Examples:',
    ...[MODES.shift, MODES.verify, MODES.rollback].flatMap(({ example }) =>
      commandLines(example, width),
    ),
    '',
    EXIT_STATUSES,
    '',
    paragraph('All options of a mode: istio-traffic-shift MODE --help'),
  ]
}

function modeHelp(mode: Mode, width: number): Part[] {
  const { summary, more, example } = MODES[mode]
  const groups = GROUPS.map(({ title, options }) => ({
    title,
    options: options.filter(({ name, modes }) => name !== 'mode' && modes.includes(mode)),
  }))
  return [
    paragraph(`${summary} ${more}`),
    '',
    usage(mode),
    '',
    'Example:',
    ...commandLines(example, width),
    ...groups
      .filter(({ options }) => options.length > 0)
      .flatMap(({ title, options }) => ['', `${title}:`, ...options.flatMap(explained)]),
    '',
    'Command line:',
    ...FLAGS.filter(({ name }) => mode === 'shift' || name !== 'dry-run').flatMap(explainedFlag),
    '',
    paragraph('TIME is a number with a unit: 250ms, 5s, 2m or 1h.'),
    EXIT_STATUSES,
  ]
}

function commandHelp(command: Command, width: number): Part[] {
  const { name, summary, more, example } = command
  const options = GROUPS.flatMap((group) => group.options)
  const flags = FLAGS.filter((flag) => flag.isEverywhere || command.options.includes(flag.name))
  return [
    paragraph(`${summary} ${more}`.trim()),
    '',
    { first: 'Usage: ', rest: EXPLANATION, words: `istio-traffic-shift ${name} ${command.usage}` },
    '',
    'Example:',
    ...commandLines(example, width),
    '',
    'Options:',
    ...command.flags.flatMap(explainedFlag),
    ...options
      .filter((option) => command.options.includes(option.name))
      .flatMap((option) => explained({ ...option, required: 'no' })),
    ...flags.flatMap(explainedFlag),
  ]
}

const EXPLANATION = ' '.repeat(6)

const EXIT_STATUSES = paragraph(
  'Exit status: 0 success, 1 fail, 2 invalid input, 3 inconclusive, 4 error, 5 a run is in progress (status), 130 cancelled.',
)

function usage(mode: string): Paragraph {
  const words = `istio-traffic-shift ${mode} VirtualService/NAME -n NAMESPACE [OPTION...]`
  return { first: 'Usage: ', rest: EXPLANATION, words }
}

/** A command that is continued on the next lines. A line that is too long is broken before an option. */
function commandLines(lines: readonly string[], width: number): string[] {
  const room = width - EXPLANATION.length - CONTINUED.length
  const broken = lines.flatMap((line) => brokenBefore(line.split(/ (?=--?[a-z])/), room))
  const last = broken.length - 1
  return broken.map(
    (line, index) => `${index === 0 ? '  ' : EXPLANATION}${line}${index < last ? CONTINUED : ''}`,
  )
}

const CONTINUED = ' \\'

function brokenBefore(options: readonly string[], room: number): string[] {
  const lines: string[] = []
  for (const option of options) {
    const longer = [...lines.slice(-1), option].join(' ')
    if (lines.length > 0 && longer.length <= room) lines[lines.length - 1] = longer
    else lines.push(option)
  }
  return lines
}

function explainedFlag({ name, short, placeholder, default: preset, text }: CommandFlag): Part[] {
  const spelling = `${short ? `-${short}, ` : ''}--${name}`
  const value = placeholder === undefined ? '' : ` ${placeholder}`
  const note = preset === undefined ? '' : ` (default: ${preset})`
  return [`  ${spelling}${value}${note}`, paragraph(text, EXPLANATION)]
}

function explained(option: Option): Part[] {
  const { text, brief = text, default: preset, required } = option
  const note = required === 'no' ? preset && ` (default: ${preset})` : ' (required)'
  const spelling = { first: '  ', rest: '    ', words: `${spelled(option)}${note ?? ''}` }
  return [spelling, paragraph(brief, EXPLANATION)]
}

/** `-n, --namespace NAME`. */
function spelled(option: Option): string {
  const short = option.name === 'namespace' ? '-n, ' : ''
  return `${short}${namesOf(option)
    .map((name) => `--${name}`)
    .join(', ')} ${option.placeholder}`
}
