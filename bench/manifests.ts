import { wrongKustomization } from '../kit/manifest/edited-kustomization.ts'
import { judged } from '../kit/manifest/edited-right.ts'
import { generated } from '../kit/manifest/generated.ts'
import { generatedKustomization } from '../kit/manifest/generated-kustomization.ts'

/**
 * node bench/manifests.ts [COUNT] [FIRST SEED]: edits generated manifests of any layout, and a fifth as many
 * Kustomizations, and has a second YAML parser and a comparison of their lines judge the result. Ends with status 1 where one is wrong.
 */
const [files = 20_000, first = 1] = process.argv.slice(2).map(Number)

const began = process.cpuUsage()
const features = new Map<string, number>()
const results = new Map<string, number>()
const wrong: string[] = []
let bytes = 0
for (let seed = first; seed < first + files; seed += 1) {
  const given = generated(seed)
  bytes += Buffer.byteLength(given.text)
  for (const feature of featuresOf(given.text)) count(features, feature)
  const judgement = judged(given)
  if ('wrong' in judgement) wrong.push(`seed ${seed} (${given.what}): ${judgement.wrong}`)
  const result =
    'refused' in judgement ? `refused as ${judgement.refused}` : Object.keys(judgement)[0]
  count(results, `${given.what}: ${result}`)
}
const patches = Math.ceil(files / 5)
for (let seed = first; seed < first + patches; seed += 1) {
  const given = generatedKustomization(seed)
  const why = wrongKustomization(given)
  count(results, `${given.kind} in a Kustomization: ${why === undefined ? 'edited' : 'wrong'}`)
  if (why !== undefined) wrong.push(`Kustomization of seed ${seed}: ${why}`)
}
const { user, system } = process.cpuUsage(began)

const number = (value: number) => value.toLocaleString('en')
process.stdout.write(
  `${number(files)} manifests, ${number(bytes)} bytes, and ${number(patches)} Kustomizations, ${((user + system) / 1e6).toFixed(1)} s of processor time: ${wrong.length} wrong\n`,
)
for (const [feature, times] of [...features].sort((a, b) => b[1] - a[1]))
  process.stdout.write(`  ${number(times).padStart(8)} with ${feature}\n`)
for (const [result, times] of [...results].sort())
  process.stdout.write(`  ${number(times).padStart(8)} of ${result}\n`)
for (const line of wrong.slice(0, 20)) process.stdout.write(`${line}\n`)
process.exitCode = wrong.length === 0 ? 0 : 1

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

function featuresOf(text: string): string[] {
  const kinds: [string, RegExp][] = [
    ['several documents', /^---/m],
    ['comments', /#/],
    ['templates in comments', /#.*(\{\{|\{%)/],
    ['line ends of Windows', /\r\n/],
    ['mixed line ends', /\r\n[\s\S]*[^\r]\n|[^\r]\n[\s\S]*\r\n/],
    ['byte order marks', /\uFEFF/],
    ['a List', /kind: List\n|kind: List\r/],
    ['blanks at line ends', /[ \t]\r?\n/],
    ['an anchor and its alias', /\*all|\*a/],
    ['tabs', /\t/],
    ['no line end at the end', /[^\n]$/],
    ['a directive', /^%YAML/m],
    ['an empty item', /^ *-\s*$/m],
  ]
  return kinds.flatMap(([name, pattern]) => (pattern.test(text) ? [name] : []))
}
