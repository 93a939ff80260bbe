import { dump } from 'js-yaml'
import { OPTIONS, type Option } from '../src/options/table.ts'
import { OUTPUTS } from '../src/report/outputs.ts'

/** The modes that are about weights. What all of them take is marked no further: the text of `mode` says what the others take. */
const WEIGHING = ['shift', 'verify', 'plan'] as const

/** The text of action.yml, made from the tables of options and outputs. */
export function actionManifest(): string {
  const options: readonly Option[] = OPTIONS
  const inputs = options.map((option) => [
    option.name,
    {
      description: `${meaning(option)} (${option.type})`,
      required: option.required === 'always',
      ...(option.default === undefined ? {} : { default: option.default }),
    },
  ])
  const outputs = Object.entries(OUTPUTS).map(([name, description]) => [name, { description }])
  const manifest = {
    name: 'Istio Traffic Shift',
    description:
      'Shift Istio traffic to a new version, prove the split with real connections, or put the old weights back.',
    author: 'Istio Traffic Shift maintainers',
    branding: { icon: 'git-merge', color: 'blue' },
    inputs: Object.fromEntries(inputs),
    outputs: Object.fromEntries(outputs),
    runs: { using: 'node24', main: 'dist/action/index.js', post: 'dist/post/index.js' },
  }
  return `# Made by npm run docs from src/options/table.ts and src/report/outputs.ts.\n${dump(manifest, { lineWidth: 100 })}`
}

/** The README's table of inputs. */
export function inputsTable(): string {
  const options: readonly Option[] = OPTIONS
  const rows = options.map((option) => {
    const preset =
      option.required === 'no'
        ? option.default === undefined
          ? ''
          : `\`${option.default}\``
        : option.required === 'always'
          ? 'required'
          : 'required in shift and verify'
    return `| \`${option.name}\` | ${cell(option.type)} | ${cell(preset)} | ${cell(meaning(option))} |`
  })
  return ['| input | type, unit | default | meaning |', '| --- | --- | --- | --- |', ...rows].join(
    '\n',
  )
}

/** The README's table of outputs. */
export function outputsTable(): string {
  const rows = Object.entries(OUTPUTS).map(([name, text]) => `| \`${name}\` | ${cell(text)} |`)
  return ['| output | meaning |', '| --- | --- |', ...rows].join('\n')
}

/** A text with its marked parts replaced by the tables of today. */
export function withTables(readme: string): string {
  const parts = { inputs: inputsTable(), outputs: outputsTable() }
  return Object.entries(parts).reduce(
    (text, [name, table]) =>
      text.replace(
        new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- /${name} -->)`),
        (_, open: string, close: string) => `${open}${table}\n${close}`,
      ),
    readme,
  )
}

/** An option's text, with the modes that it is for where not all are, and what an empty one is. */
function meaning({ text, modes, emptyCounts }: Option): string {
  const isCommon = WEIGHING.every((mode) => modes.includes(mode))
  const only = isCommon ? '' : ` Only in ${modes.join(' and ')}.`
  return `${text}${only}${emptyCounts ? ' Empty is not the same as not given.' : ''}`
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}
