import path from 'node:path'
import { expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { sentences } from '../../../kit/manifest/edit.ts'
import {
  type GeneratedKustomization,
  generatedKustomization,
} from '../../../kit/manifest/generated-kustomization.ts'
import { at, type Json, replacedAt } from '../../../src/kube/json.ts'
import type { PatchOperation } from '../../../src/kube/json-patch.ts'
import { openManifest } from '../../../src/manifest/open-manifest.ts'
import { selectRule } from '../../../src/routes/select-rule.ts'
import { weighed } from '../../../src/routes/weights/weigh.ts'
import { planWeights } from '../../../src/routes/weights/weight-edit.ts'
import { patched } from '../../kube/support/apply-patch.ts'

const WANTED = { kind: 'VirtualService', namespace: 'demo', name: 'shop' }

/** The file after v2 got its percent. */
function edited({ files, file, index, percent }: GeneratedKustomization): string {
  const folder = path.dirname(file)
  const read = (relative: string) => files[path.join(folder, relative)]
  const opened = openManifest(files[file] ?? '', WANTED, { name: path.basename(file), read })
  if (!opened.ok) throw new Error(sentences(opened.problems))
  const rule = selectRule(opened.value.object, { kind: 'http', index })
  if (!rule.ok) throw new Error(sentences(rule.problems))
  const plan = planWeights(rule.value, { kind: 'weight', subset: 'v2', percent })
  if (!plan.ok) throw new Error(sentences(plan.problems))
  const after = opened.value.edit(rule.value, weighed(rule.value, plan.value, plan.value.target))
  if (!after.ok) throw new Error(sentences(after.problems))
  return after.value
}

/** What the operations of a file make of the resource, by the reading of another YAML parser. */
function result({ base, file }: GeneratedKustomization, text: string): Json {
  const [document] = parseAllDocuments(text)
  const value: Json = document && 'toJS' in document ? document.toJS() : null
  const isOwnFile = file.endsWith('weights.yaml')
  const entry = at(value, 'patches', 0) ?? at(value, 'patchesJson6902', 0)
  const operations = isOwnFile ? value : parse(String(at(entry, 'patch')))
  return patched(base, operations as PatchOperation[])
}

test('Generated Kustomizations are edited without a wrong byte, by the reading of a second YAML parser', () => {
  const wrong: Record<number, string> = {}
  for (let seed = 1; seed <= 400; seed += 1) {
    const given = generatedKustomization(seed)
    const before = given.files[given.file] ?? ''
    try {
      const after = edited(given)
      const bare = (text: string) => text.replaceAll(/((?:value|weight)"?: ?)\d+/g, '$1N')
      if (bare(after) !== bare(before)) wrong[seed] = `other bytes:\n${after}`
      const route = ['spec', 'http', given.index, 'route']
      const sum = Number.isInteger(given.percent) ? 100 : 1_000
      const v2 = Math.round((given.percent * sum) / 100)
      const expected = [sum - v2, v2].reduce<Json>(
        (whole, weight, index) => replacedAt(whole, [...route, index, 'weight'], weight),
        result(given, before),
      )
      if (JSON.stringify(result(given, after)) !== JSON.stringify(expected))
        wrong[seed] = `means something else:\n${after}`
    } catch (error) {
      wrong[seed] = `${error}\n${before}`
    }
  }
  expect(wrong).toEqual({})
})
