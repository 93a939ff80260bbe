import { shellQuoted } from '../../problem/shell-quoted.ts'
import type { Proposal } from '../propose/proposal.ts'

const OF_OBJECT = ['namespace', 'virtual-service', 'object']
const CLUSTERS = ['kubeconfig', 'context', 'gateway-kubeconfig', 'gateway-context']

/** A command of this program with the inputs of a proposal. */
export function commandText(
  program: string,
  mode: 'plan' | 'shift' | 'status',
  { candidate: { object }, inputs }: Proposal,
  given: (name: string) => string | undefined,
): string {
  const clusters = CLUSTERS.flatMap((name) => {
    const text = given(name)
    return text === undefined ? [] : [[name, isData(text) ? '-' : text] as const]
  })
  const own = mode === 'status' ? [] : Object.entries(inputs)
  const words = [
    ...own.filter(([name]) => ![...OF_OBJECT, ...CLUSTERS].includes(name)),
    ...clusters,
  ].map(([name, text]) => optionText(name, text))
  return [`${program} ${mode} ${object.kind}/${object.name} -n ${object.namespace}`, ...words].join(
    ' ',
  )
}

/** An option and its value as words of a shell. */
export function optionText(name: string, text: string): string {
  const value = /^[\w./:,=@+-]+$/.test(text) ? text : shellQuoted(text)
  // Behind a blank, it would be read as another option.
  return `--${name}${text.startsWith('--') ? '=' : ' '}${value}`
}

/** A kubeconfig itself in place of its path: it may have come from standard input. */
function isData(text: string): boolean {
  return text.includes('\n')
}
