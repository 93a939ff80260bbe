import { blockLines, type Proposal } from '../propose/proposal.ts'

export const PIN_COMMENT =
  'Replace the zeros with a commit that you have reviewed. See "Install" in README.md.'

const ZEROS = '0'.repeat(40)

type StepOptions = {
  version: string
  /** Inputs that are not those of the proposal, by their names; as YAML. */
  replaced?: Readonly<Record<string, string>>
  /** Lines behind inputs, such as `mode`. */
  gatewayKubeconfig: boolean
}

/** The step as YAML, beginning with its dash at the first column. */
export function stepText(
  { inputs, expect }: Proposal,
  { version, replaced = {}, gatewayKubeconfig }: StepOptions,
): string {
  const lines = Object.entries(inputs).flatMap(([name, text]) => {
    const other = replaced[name]
    if (other !== undefined) return [`${name}: ${other}`]
    if (name === 'expect' && expect.length > 0)
      return ['expect: |', ...blockLines(expect).map((line) => `  ${line}`)]
    return inputLines(name, text)
  })
  const { mode } = replaced
  return [
    `- uses: istio-traffic-shift/istio-traffic-shift@${ZEROS} # v${version}`,
    '  with:',
    ...[
      ...(mode === undefined ? [] : [`mode: ${mode}`]),
      `kubeconfig: ${expression('secrets.KUBECONFIG')}`,
      ...(gatewayKubeconfig
        ? [`gateway-kubeconfig: ${expression('secrets.GATEWAY_KUBECONFIG')}`]
        : []),
      ...lines,
    ].map((line) => `    ${line}`),
    '',
  ].join('\n')
}

/** An expression of GitHub Actions. */
export function expression(text: string): string {
  return `\${{ ${text} }}`
}

function inputLines(name: string, text: string): string[] {
  if (!text.includes('\n')) return [`${name}: ${scalar(text)}`]
  return [
    `${name}: |`,
    ...text
      .trimEnd()
      .split('\n')
      .map((line) => `  ${line}`),
  ]
}

const OTHER_MEANING = /^(?:y|n|yes|no|on|off|null|~)$/i

/** A text as YAML reads it back. */
export function scalar(text: string): string {
  const isPlain = /^[A-Za-z][\w./-]*$/.test(text) && !OTHER_MEANING.test(text)
  // YAML reads 020 and 1.10 as numbers, and GitHub writes them otherwise.
  const isNumber = /^\d{1,15}(?:\.\d+)?$/.test(text) && String(Number(text)) === text
  return isPlain || isNumber ? text : `'${text.replaceAll("'", "''")}'`
}
