import { failure, type Result, success } from '../problem/result.ts'
import type { ObjectName } from '../routes/object-name.ts'
import { editDestinations } from './edit-destinations.ts'
import type { Beside } from './file/read-text.ts'
import { findObject } from './find-object.ts'
import { openKustomization } from './kustomize/open-kustomization.ts'
import type { OpenManifest } from './opened.ts'
import { unclearWeights } from './unclear-weights.ts'

/** Opens the object in a text: as a document, or by the patches of a Kustomization that set its weights. */
export function openManifest(
  text: string,
  wanted: ObjectName,
  beside?: Beside,
): Result<OpenManifest> {
  const found = findObject(text, wanted)
  if (found.ok) {
    const { object, part } = found.value
    return success({
      object,
      unclear: (rule) => unclearWeights(text, part, rule),
      edit: (rule, after) => editDestinations(text, part, rule, after),
    })
  }
  const [problem] = found.problems
  if (problem?.code !== 'ITS-MANIFEST-OBJECT-NOT-FOUND' || beside === undefined) return found
  const patched = openKustomization({ text, wanted, beside })
  return patched ?? failure(...found.problems)
}
