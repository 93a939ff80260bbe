import { OPTIONS, type Option } from '../options/table.ts'

/** What `--help` prints: every option on a line of its own. */
export function helpText(): string {
  const options: readonly Option[] = OPTIONS.filter(({ name }) => name !== 'mode')
  const flags = options.map(({ name }) => `--${name}`)
  const width = Math.max(...flags.map((flag) => flag.length))
  const lines = options.map(({ type, default: preset, required }, index) => {
    const note = required === 'always' ? ' (required)' : preset === undefined ? '' : ` (${preset})`
    return `  ${(flags[index] ?? '').padEnd(width)}  ${type}${note}`
  })
  return `Shift Istio traffic, prove the split with real connections, or put the old weights back.

istio-traffic-shift shift|verify|plan --namespace NAME --virtual-service NAME ...

  istio-traffic-shift shift --namespace demo --virtual-service tcp-echo \\
    --subset v2 --weight 20 --expect '{v1: "^one", v2: "^two"}'

${lines.join('\n')}

Exit status: 0 pass or planned, 1 fail, 2 wrong input, 3 inconclusive, 4 error, 130 cancelled.
`
}
