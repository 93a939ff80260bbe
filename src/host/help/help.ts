import type { Mode } from '../../options/options.ts'
import { GROUPS, namesOf, type Option } from '../../options/table.ts'
import { MODES } from './modes.ts'
import { wrapped } from './wrap.ts'

/** What `--help` prints: of one mode all of its options, else an overview. Fits into 80 columns. */
export function helpText(mode?: Mode): string {
  return `${(mode === undefined ? overview() : modeHelp(mode)).join('\n')}\n`
}

/** The options that most runs need, in a few words each. */
const COMMON = [
  ['-n, --namespace NAME', 'namespace of the VirtualService'],
  ['--virtual-service NAME', 'the same as VirtualService/NAME'],
  ['--subset NAME', 'the destination to shift to'],
  ['--weight 0..100', 'its share of new connections, in percent'],
  ['--steps PERCENTS', 'weights to confirm before it, such as 5,25,50'],
  ['--expect YAML', 'which replies come from which destination'],
  ['--endpoint HOST:PORT', 'where to connect; found from the Gateway by default'],
  ['--kubeconfig PATH', 'KUBECONFIG, in-cluster, or ~/.kube/config by default'],
]

function overview(): string[] {
  return [
    'Shift Istio traffic between versions, and confirm the split with real',
    'connections. If it is not confirmed, the previous weights are restored.',
    '',
    'Usage: istio-traffic-shift MODE VirtualService/NAME -n NAMESPACE [OPTION...]',
    '',
    'Modes:',
    ...Object.entries(MODES).map(([name, { summary }]) => `  ${name.padEnd(10)}${summary}`),
    '',
    'Common options:',
    ...COMMON.map(([option = '', words]) => `  ${option.padEnd(25)}${words}`),
    '',
    'Examples:',
    ...[MODES.shift, MODES.verify, MODES.rollback].flatMap(({ example }) => command(example)),
    '',
    ...EXIT_STATUSES,
    '',
    'All options of a mode: istio-traffic-shift MODE --help',
  ]
}

function modeHelp(mode: Mode): string[] {
  const { summary, more, example } = MODES[mode]
  const groups = GROUPS.map(({ title, options }) => ({
    title,
    options: options.filter(({ name, modes }) => name !== 'mode' && modes.includes(mode)),
  }))
  return [
    ...wrapped(`${summary} ${more}`, ''),
    '',
    `Usage: istio-traffic-shift ${mode} VirtualService/NAME -n NAMESPACE [OPTION...]`,
    '',
    'Example:',
    ...command(example),
    ...groups
      .filter(({ options }) => options.length > 0)
      .flatMap(({ title, options }) => ['', `${title}:`, ...options.flatMap(explained)]),
    '  --output text|json (default: text)',
    '      What is on standard output: a log for people, or the report as JSON.',
    ...(mode === 'shift' ? ['  --dry-run', '      The same as plan.'] : []),
    '',
    'TIME is a number with a unit: 250ms, 5s, 2m or 1h.',
    ...EXIT_STATUSES,
  ]
}

const EXIT_STATUSES = [
  'Exit status: 0 success, 1 fail, 2 invalid input, 3 inconclusive, 4 error,',
  '5 a run is in progress (status), 130 cancelled.',
]

/** A command that may be continued on the next lines. */
function command(lines: readonly string[]): string[] {
  const last = lines.length - 1
  return lines.map(
    (line, index) => `${index === 0 ? '  ' : '      '}${line}${index < last ? ' \\' : ''}`,
  )
}

function explained(option: Option): string[] {
  const { text, brief = text, default: preset, required } = option
  const note = required === 'no' ? preset && ` (default: ${preset})` : ' (required)'
  return [`  ${spelled(option)}${note ?? ''}`, ...wrapped(brief, '      ')]
}

/** `-n, --namespace NAME`. */
function spelled(option: Option): string {
  const short = option.name === 'namespace' ? '-n, ' : ''
  return `${short}${namesOf(option)
    .map((name) => `--${name}`)
    .join(', ')} ${option.placeholder}`
}
