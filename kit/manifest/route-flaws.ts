import type { Backend, Spelling } from './generated-backends.ts'
import type { Choices } from './random.ts'

/** What makes the edit of a generated rule wrong or unclear, so that it must be refused. */
export type Flaw = {
  /** The code of the problem. */
  code: string
  backends: readonly Backend[]
  spelling: Spelling
  /** What is behind the key of the list. */
  anchor?: string
  /** Lines of a further rule. */
  behind?: readonly string[]
}

export function flawOf(backends: readonly Backend[], random: Choices): Flaw {
  const last = backends.length - 1
  const weighing = (code: string, text: string): Flaw => ({
    code,
    backends: backends.map((one, index) => (index === last ? { ...one, weight: 1 } : one)),
    spelling: (field, index) => (field === 'weight' && index === last ? text : undefined),
  })
  const plain = { backends, spelling: () => undefined }
  return random.oneOf<() => Flaw>(
    () => weighing('ITS-MANIFEST-WEIGHT-INVALID', random.oneOf('"80"', '1000001', '0.5', '080')),
    () => weighing('ITS-MANIFEST-TEMPLATE', "'{{ .Values.weight }}'"),
    () => ({
      ...plain,
      code: 'ITS-MANIFEST-SHARED-NODE',
      anchor: ' &backends',
      behind: ['- backendRefs: *backends'],
    }),
    () => ({
      ...plain,
      code: 'ITS-BACKEND-NOT-A-SERVICE',
      backends: backends.map((one, index) =>
        index === last ? { ...one, group: 'example.com', kind: 'Pool' } : one,
      ),
    }),
  )()
}
