import { OPTIONS, type Option } from '../options/table.ts'

/** What `--help` prints: every option on a line of its own. */
export function helpText(): string {
  const options: readonly Option[] = OPTIONS.filter(({ name }) => name !== 'mode')
  const width = Math.max(...options.map(({ name }) => name.length))
  const line = (name: string, what: string) => `  --${name.padEnd(width)}  ${what}`
  const lines = options.map(({ name, type, default: preset, required }) => {
    const note = required === 'always' ? ' (required)' : preset === undefined ? '' : ` (${preset})`
    return line(name, `${type}${note}`)
  })
  // Not in the table: a step of a job has its outputs, and no standard output of its own.
  lines.push(line('output', 'text, or json: the report alone on standard output (text)'))
  return `Shift Istio traffic, prove the split with real connections, or put the old weights back.

istio-traffic-shift shift|verify|plan --namespace NAME --virtual-service NAME ...

  istio-traffic-shift shift --namespace demo --virtual-service tcp-echo \\
    --subset v2 --weight 20 --expect '{v1: "^one", v2: "^two"}'

${lines.join('\n')}

Exit status: 0 pass or planned, 1 fail, 2 wrong input, 3 inconclusive, 4 error, 130 cancelled.
`
}
