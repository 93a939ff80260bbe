import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ROOT } from '../../kit/docs/markdown.ts'
import { documentsIn, rulesIn, yamlBlocks, yamlDocuments } from '../../kit/docs/yaml.ts'
import { inputTexts } from '../../kit/options/texts.ts'
import { gatewayMesh, runRoute } from '../../kit/run/gateway-api.ts'
import { runHttp, runOn, SURE } from '../../kit/run/run.ts'
import { isObject, type Json, textAt } from '../../sandbox/objects/json.ts'
import { startSandbox } from '../../sandbox/sandbox.ts'
import { readOptions } from '../../src/options/read-options.ts'
import { OPTIONS } from '../../src/options/table.ts'

type Inputs = Record<string, string>
type Step = { place: string; inputs: Inputs }

const ACTION = 'istio-traffic-shift/istio-traffic-shift'
/** Values for expressions that only a runner can evaluate. */
const FILLED: Inputs = { kubeconfig: 'apiVersion: v1\nkind: Config\n', weight: '20' }

/** The steps of a document that use this action. */
function stepsIn(value: Json, place: string): Step[] {
  if (Array.isArray(value)) return value.flatMap((each) => stepsIn(each, place))
  if (!isObject(value)) return []
  const [, ref] = textAt(value, 'uses')?.split(`${ACTION}@`) ?? []
  if (ref === undefined) return Object.values(value).flatMap((each) => stepsIn(each, place))
  const given = isObject(value.with) ? value.with : {}
  const inputs = Object.fromEntries(
    Object.entries(given).map(([name, text]) => [name, filled(name, String(text))]),
  )
  return [{ place, inputs }]
}

function filled(name: string, text: string): string {
  if (!text.includes('${{')) return text
  const stand = FILLED[name]
  if (stand === undefined) throw new Error(`no value for ${text} of ${name}`)
  return stand
}

/** Files of VirtualServices, by their names. */
const MANIFESTS: Inputs = { web: 'web-istio.yaml', 'tcp-echo': 'virtual-service.yaml' }

/** A copy of the file of a VirtualService, which a step can edit. */
function manifestOf(virtualService = ''): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'manifest-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = path.join(folder, 'route.yaml')
  copyFileSync(path.join(ROOT, 'sandbox/tutorial', MANIFESTS[virtualService] ?? ''), file)
  return file
}

const BLOCKS = yamlBlocks()
const STEPS = yamlDocuments().flatMap(({ place, document }) => stepsIn(document, place))

test.each(BLOCKS)('the YAML block at $place can be parsed', ({ text }) => {
  expect(documentsIn(text).length).toBeGreaterThan(0)
})

describe.each(STEPS)('the step at $place', ({ inputs }) => {
  test('has only inputs that action.yml has and that can be combined', () => {
    const names: string[] = OPTIONS.flatMap(({ name, ...more }) => [
      name,
      ...('alias' in more ? [more.alias] : []),
    ])
    expect(names).toEqual(expect.arrayContaining(Object.keys(inputs)))
    const { problems } = readOptions((name) => inputs[name])
    expect(inputTexts(problems)).toEqual([])
  })

  test('passes on the embedded mesh', async () => {
    const sandbox = await startSandbox({
      ...('object' in inputs ? gatewayMesh() : { web: true }),
      jobs: inputs.connect === 'job',
    })
    onTestFinished(() => sandbox.stop())
    const { kubeconfig: _, ...rest } = inputs
    const given =
      'manifest' in rest ? { ...rest, manifest: manifestOf(rest['virtual-service']) } : rest
    const none = 'object' in given ? { 'virtual-service': undefined } : {}
    const { outcome } = await runOn(sandbox, {
      confidence: SURE,
      ...none,
      ...given,
      ...(!('manifest' in given) && { tolerance: '12' }),
    })
    expect(['pass', 'planned']).toContain(outcome.verdict)
  })
})

test('the README has a step for HTTP, and then one for TCP', () => {
  const own = STEPS.filter(({ place }) => place.startsWith('README.md'))
  expect(own.map(({ inputs }) => inputs['virtual-service'])).toEqual(['web', 'tcp-echo'])
})

test("the README's step passes with one warning about rights if the user has the README's Roles", async () => {
  const rules = rulesIn('README.md')
  expect(rules).toHaveLength(10)
  const user = { name: 'shifter', rules }
  const sandbox = await startSandbox({ web: true, tokens: { 'shifter-token': user } })
  onTestFinished(() => sandbox.stop())
  const { outcome, record } = await runHttp(sandbox, {
    expect: 'stamp',
    subset: 'v2',
    weight: '20',
    confidence: SURE,
    tolerance: '12',
  })
  expect(outcome.verdict).toBe('pass')
  // The rule has a second port as well, which the run does not check.
  expect(record.findings.map(({ code }) => code)).toEqual([
    'ITS-SHADOWING-NOT-CHECKED',
    'ITS-OTHER-PORT-NOT-CHECKED',
  ])
})

test('the Roles of gateway-api.md are enough for a shift of an HTTPRoute with all checks', async () => {
  const user = { name: 'shifter', rules: rulesIn('docs/gateway-api.md') }
  const mesh = gatewayMesh(true, ['http'])
  const sandbox = await startSandbox({ ...mesh, tokens: { 'shifter-token': user } })
  onTestFinished(() => sandbox.stop())
  const { outcome, record } = await runRoute(sandbox, 'http', {
    subset: 'web-v2',
    weight: '20',
    confidence: SURE,
  })
  expect(outcome.verdict).toBe('pass')
  expect(record.findings.map(({ code, what, remedy }) => [code, what, remedy])).toEqual([])
})
