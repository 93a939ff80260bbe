import path from 'node:path'
import { parse, parseAllDocuments } from 'yaml'
import { applyJsonPatch } from '../../sandbox/objects/json-patch.ts'
import { at, type Json, objectsAt, replacedAt } from '../../src/kube/json.ts'
import { openManifest } from '../../src/manifest/open-manifest.ts'
import type { Result } from '../../src/problem/result.ts'
import { selectRule } from '../../src/routes/select-rule.ts'
import { weighed } from '../../src/routes/weights/weigh.ts'
import { planWeights } from '../../src/routes/weights/weight-edit.ts'
import { sentences } from './edit.ts'
import type { GeneratedKustomization } from './generated-kustomization.ts'

/** Edits a generated Kustomization and returns what is wrong with the result; undefined where nothing is. */
export function wrongKustomization(given: GeneratedKustomization): string | undefined {
  const before = given.files[given.file] ?? ''
  try {
    const after = edited(given)
    if (withoutNumbers(after) !== withoutNumbers(before)) return `changed too:\n${after}`
    const sum = Number.isInteger(given.percent) ? 100 : 1_000
    const v2 = Math.round((given.percent * sum) / 100)
    const expected = [sum - v2, v2].reduce<Json>(
      (whole, weight, index) => replacedAt(whole, [...given.list, index, 'weight'], weight),
      result(given, before),
    )
    const isRight = JSON.stringify(result(given, after)) === JSON.stringify(expected)
    return isRight ? undefined : `means something else:\n${after}`
  } catch (error) {
    return `refused: ${error instanceof Error ? error.message : String(error)}\n${before}`
  }
}

/** The file after v2 got its percent. */
function edited({ files, file, kind, route, percent }: GeneratedKustomization): string {
  const folder = path.dirname(file)
  const read = (relative: string) => files[path.join(folder, relative)]
  const beside = { name: path.basename(file), read }
  const { object, edit } = found(
    openManifest(files[file] ?? '', { kind, namespace: 'demo', name: 'shop' }, beside),
  )
  const rule = found(selectRule(object, route))
  const plan = found(planWeights(rule, { kind: 'weight', subset: 'v2', percent }))
  return found(edit(rule, weighed(rule, plan, plan.target)))
}

function found<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(sentences(result.problems))
  return result.value
}

/** What the operations of a file make of the resource, by the reading of another YAML parser. */
function result({ base, file }: GeneratedKustomization, text: string): Json {
  const [document] = parseAllDocuments(text)
  const value: Json = document && 'toJS' in document ? document.toJS() : null
  const entry = at(value, 'patches', 0) ?? at(value, 'patchesJson6902', 0)
  const list: Json = file.endsWith('weights.yaml') ? value : parse(String(at(entry, 'patch')))
  return applyJsonPatch(base, objectsAt(list))
}

function withoutNumbers(text: string): string {
  return text.replaceAll(/((?:value|weight)"?: ?)\d+/g, '$1N')
}
